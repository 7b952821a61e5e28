/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <string.h>

enum { BUF_FIRST_BYTES = 256 };

struct buf
buf_in(struct arena *arena)
{
	return (struct buf){.arena = arena};
}

static void
buf_reserve(struct buf *buf, size_t more)
{
	size_t size = buf->size ? buf->size : BUF_FIRST_BYTES;
	char *data;

	if (buf->data && more < buf->size - buf->len)
		return;
	while (size <= buf->len + more)
		size *= 2;
	data = arena_alloc(buf->arena, size);
	if (buf->data)
		memcpy(data, buf->data, buf->len);
	buf->data = data;
	buf->size = size;
}

void
buf_add_n(struct buf *buf, const char *data, size_t len_bytes)
{
	buf_reserve(buf, len_bytes);
	memcpy(buf->data + buf->len, data, len_bytes);
	buf->len += len_bytes;
	buf->data[buf->len] = '\0';
}

void
buf_add(struct buf *buf, const char *text)
{
	buf_add_n(buf, text, strlen(text));
}

void
buf_add_char(struct buf *buf, char c)
{
	buf_add_n(buf, &c, 1);
}

void
buf_addf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_add(buf, arena_vprintf(buf->arena, format, args));
	va_end(args);
}

const char *
buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}
