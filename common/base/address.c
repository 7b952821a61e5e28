/* SPDX-License-Identifier: MIT */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

enum { ADDRESS_BYTES = 16 };

/* A network: the first bits of an address of its family. */
struct network {
	int family;
	unsigned char prefix[ADDRESS_BYTES];
	int bits;
};

static bool
has_prefix(const unsigned char *bytes, const unsigned char *prefix, int bits)
{
	int whole = bits / 8, rest = bits % 8;
	unsigned char mask = (unsigned char)(0xFF << (8 - rest));

	return memcmp(bytes, prefix, (size_t)whole) == 0 &&
	    (rest == 0 || ((bytes[whole] ^ prefix[whole]) & mask) == 0);
}

static bool
in_any(const unsigned char *bytes, const struct network *networks, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (has_prefix(bytes, networks[i].prefix, networks[i].bits))
			return true;
	return false;
}

/* The special-purpose registries of IANA (RFC 6890), less what they call
 * globally reachable all by itself (AS112, AMT relays). */
static bool
v4_is_public(const unsigned char *bytes)
{
	static const struct network special[] = {
	    {AF_INET, {0}, 8},             /* this network */
	    {AF_INET, {10}, 8},            /* private */
	    {AF_INET, {100, 64}, 10},      /* shared, RFC 6598 */
	    {AF_INET, {127}, 8},           /* loopback */
	    {AF_INET, {169, 254}, 16},     /* link-local */
	    {AF_INET, {172, 16}, 12},      /* private */
	    {AF_INET, {192, 0, 0}, 24},    /* protocol assignments */
	    {AF_INET, {192, 0, 2}, 24},    /* documentation */
	    {AF_INET, {192, 88, 99}, 24},  /* 6to4 relays */
	    {AF_INET, {192, 168}, 16},     /* private */
	    {AF_INET, {198, 18}, 15},      /* benchmarking */
	    {AF_INET, {198, 51, 100}, 24}, /* documentation */
	    {AF_INET, {203, 0, 113}, 24},  /* documentation */
	    {AF_INET, {224}, 3},           /* multicast, reserved, broadcast */
	};

	return !in_any(bytes, special, sizeof(special) / sizeof(*special));
}

/* An IPv4 address behind any prefix (RFC 5214 s6.1). */
static bool
is_isatap(const unsigned char *bytes)
{
	static const unsigned char identifier[] = {0x00, 0x00, 0x5e, 0xfe};

	return (bytes[8] & ~0x02) == identifier[0] &&
	    memcmp(bytes + 9, identifier + 1, sizeof(identifier) - 1) == 0;
}

/* Global unicast alone; mapped, translated (64:ff9b::/96), unique local,
 * link-local and multicast addresses lie outside of it. */
static bool
v6_is_public(const unsigned char *bytes)
{
	static const struct network global = {AF_INET6, {0x20}, 3};
	static const struct network special[] = {
	    {AF_INET6, {0x20, 0x01, 0x00}, 23},       /* assignments, Teredo */
	    {AF_INET6, {0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
	    {AF_INET6, {0x20, 0x02}, 16},             /* 6to4 */
	    {AF_INET6, {0x3f, 0xff}, 20},             /* documentation */
	};

	return has_prefix(bytes, global.prefix, global.bits) &&
	    !in_any(bytes, special, sizeof(special) / sizeof(*special)) &&
	    !is_isatap(bytes);
}

static const unsigned char *
bytes_of(const struct sockaddr *address)
{
	const void *any = address;

	if (address->sa_family == AF_INET)
		return (const unsigned char *)&((const struct sockaddr_in *)any)
		    ->sin_addr;
	if (address->sa_family == AF_INET6)
		return ((const struct sockaddr_in6 *)any)->sin6_addr.s6_addr;
	return NULL;
}

bool
address_is_public(const struct sockaddr *address)
{
	const unsigned char *bytes = bytes_of(address);

	if (!bytes)
		return false;
	return address->sa_family == AF_INET ? v4_is_public(bytes)
	                                     : v6_is_public(bytes);
}

/* ---- lists ---- */

static bool
network_read(struct arena *arena, const char *word, struct network *ret)
{
	size_t len = strcspn(word, "/");
	const char *text = arena_strndup(arena, word, len);
	struct network network = {
	    .family = strchr(text, ':') ? AF_INET6 : AF_INET};
	int64_t bits = network.family == AF_INET ? 32 : 128;

	if (word[len] == '/' && !text_to_int64(word + len + 1, bits, &bits))
		return false;
	if (inet_pton(network.family, text, network.prefix) != 1)
		return false;
	network.bits = (int)bits;
	*ret = network;
	return true;
}

bool
address_list_valid(struct arena *arena, const char *text)
{
	const char **words = text_split(arena, text, " ,", NULL);
	struct network network;

	for (; *words; words++)
		if (!network_read(arena, *words, &network))
			return false;
	return true;
}

bool
address_text_in_list(struct arena *arena, const char *address, const char *list)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
		return address_in_list(arena, (const void *)&v4, list);
	return inet_pton(AF_INET6, address, &v6.sin6_addr) == 1 &&
	    address_in_list(arena, (const void *)&v6, list);
}

bool
address_in_list(struct arena *arena, const struct sockaddr *address,
    const char *list)
{
	const char **words = text_split(arena, list, " ,", NULL);
	const unsigned char *bytes = bytes_of(address);
	struct network network;

	for (; bytes && *words; words++)
		if (network_read(arena, *words, &network) &&
		    network.family == address->sa_family &&
		    has_prefix(bytes, network.prefix, network.bits))
			return true;
	return false;
}
