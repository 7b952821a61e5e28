/* SPDX-License-Identifier: MIT */
/* Lists of addresses, and addresses in them: a list and an address, a line
 * each. */
#include <netinet/in.h>
#include <string.h>

#include "base/address.h"
#include "fuzz.h"

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	const char *rest = text;
	const char *list = fuzz_line(arena, &rest);
	const char *address = fuzz_line(arena, &rest);
	struct sockaddr_in6 raw = {.sin6_family = AF_INET6};

	if (address_list_valid(arena, list))
		(void)address_text_in_list(arena, address, list);
	else
		(void)address_text_in_list(arena, "127.0.0.1", list);
	if (len_bytes < sizeof(raw.sin6_addr))
		return;
	memcpy(&raw.sin6_addr, text, sizeof(raw.sin6_addr));
	if (IN6_IS_ADDR_V4MAPPED(&raw.sin6_addr) ||
	    IN6_IS_ADDR_LOOPBACK(&raw.sin6_addr) ||
	    IN6_IS_ADDR_LINKLOCAL(&raw.sin6_addr) ||
	    IN6_IS_ADDR_MULTICAST(&raw.sin6_addr))
		fuzz_must(!address_is_public((struct sockaddr *)&raw));
}
