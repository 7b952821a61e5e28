/* SPDX-License-Identifier: MIT */
#include "oauth/new_password.h"

#include <string.h>

#include "base/text.h"
#include "crypto/password.h"
#include "http/page.h"

void
new_password_add_fields(struct buf *page)
{
	page_add_password(page, "new_password", "New password", "new-password");
	page_add_password(page, "again", "New password, once more",
	    "new-password");
}

const char *
new_password_fault(const char *new_password, const char *again)
{
	if (!new_password || strlen(new_password) < PASSWORD_MIN_BYTES)
		return "The new password must have at least 8 characters.";
	if (strlen(new_password) > PASSWORD_MAX_BYTES)
		return "The new password is too long.";
	if (!again || !text_equal(new_password, again))
		return "The new password was not the same both times.";
	return NULL;
}
