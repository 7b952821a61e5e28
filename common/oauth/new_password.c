/* SPDX-License-Identifier: MIT */
#include "oauth/new_password.h"

#include <string.h>

#include "base/text.h"
#include "crypto/password.h"

enum word
new_password_fault(const char *new_password, const char *again)
{
	if (!new_password || strlen(new_password) < PASSWORD_MIN_BYTES)
		return WORD_PASSWORD_SHORT;
	if (strlen(new_password) > PASSWORD_MAX_BYTES)
		return WORD_PASSWORD_LONG;
	if (!again || !text_equal(new_password, again))
		return WORD_PASSWORD_DIFFERS;
	return N_WORDS;
}
