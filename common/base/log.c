/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

/* syslog.h spells two of our names as macros; ours are an enum of log.h. */
#undef LOG_WARNING
#undef LOG_NOTICE
#undef LOG_DEBUG

enum {
	LINE_BYTES = 4096,
	VALUE_BYTES = 512, /* of one field, escaped */
	KEYS_MAX = 32,
};

/* Indexed by enum log_level; priorities are syslog's err to debug. */
static const char *const level_names[] = {"error", "warning", "notice", "info",
    "debug"};
static const int syslog_priorities[] = {3, 4, 5, 6, 7};

static pthread_mutex_t sink_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char name[32];
	char path[PATH_MAX]; /* "" unless a file */
	enum { TO_STDERR, TO_SYSLOG, TO_FILE } to;
	enum log_level least;
	int fd;
	time_t looked_at_s;
	dev_t dev;
	ino_t ino;
} sink = {.name = "mcp-oauth", .to = TO_STDERR, .least = LOG_DONE, .fd = -1};

/* The line of the request in hand; a thread beside the loop has its own. */
static _Thread_local struct {
	enum log_level level;
	bool quiet; /* another line tells of the same request */
	char event[96];
	char fields[LINE_BYTES];
	size_t len;
	char keys[KEYS_MAX][32];
	size_t n_keys;
} line;

static void
copy_text(char *to, size_t size, const char *from)
{
	size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	to[len] = '\0';
}

void
log_open(const char *name, const char *log_to, enum log_level least)
{
	(void)pthread_mutex_lock(&sink_mutex);
	copy_text(sink.name, sizeof(sink.name), name);
	sink.least = least;
	if (sink.fd >= 0)
		(void)close(sink.fd);
	sink.fd = -1;
	sink.path[0] = '\0';
	sink.to = TO_STDERR;
	if (text_equal(log_to, "syslog")) {
		sink.to = TO_SYSLOG;
		openlog(sink.name, LOG_PID, LOG_AUTHPRIV);
	} else if (log_to[0] == '/') {
		sink.to = TO_FILE;
		copy_text(sink.path, sizeof(sink.path), log_to);
	}
	(void)pthread_mutex_unlock(&sink_mutex);
}

bool
log_level_from(const char *text, enum log_level *ret)
{
	size_t i;

	for (i = 0; i < sizeof(level_names) / sizeof(*level_names); i++) {
		if (text_equal(text, level_names[i])) {
			*ret = (enum log_level)i;
			return true;
		}
	}
	return false;
}

const char *
log_level_name(enum log_level level)
{
	return level_names[level];
}

/* Was the file renamed or removed?  Looked at once a second. */
static bool
file_is_gone(void)
{
	struct stat st;
	time_t now_s = time(NULL);

	if (now_s == sink.looked_at_s)
		return false;
	sink.looked_at_s = now_s;
	return stat(sink.path, &st) != 0 || st.st_ino != sink.ino ||
	    st.st_dev != sink.dev;
}

/* The log file, opened anew when it is gone; -1 if it cannot. */
static int
file_fd(void)
{
	struct stat st;

	if (sink.fd >= 0 && file_is_gone()) {
		(void)close(sink.fd);
		sink.fd = -1;
	}
	if (sink.fd >= 0)
		return sink.fd;
	sink.fd = open(sink.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
	    0640);
	if (sink.fd >= 0 && fstat(sink.fd, &st) == 0) {
		sink.ino = st.st_ino;
		sink.dev = st.st_dev;
	}
	return sink.fd;
}

static void
timestamp(char *to, size_t size)
{
	struct timespec now;
	struct tm utc;
	char seconds[32];

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &utc);
	(void)strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &utc);
	(void)snprintf(to, size, "%s.%03ldZ", seconds, now.tv_nsec / 1000000);
}

static void
write_line(enum log_level level, const char *words)
{
	char stamp[48], out[LINE_BYTES + 256];
	int len, fd = STDERR_FILENO;

	if (sink.to == TO_SYSLOG) {
		syslog(syslog_priorities[level], "%s: %s", level_names[level],
		    words);
		return;
	}
	timestamp(stamp, sizeof(stamp));
	len = snprintf(out, sizeof(out), "%s %s: %s: %s\n", stamp, sink.name,
	    level_names[level], words);
	if (len < 0)
		return;
	if ((size_t)len >= sizeof(out)) {
		len = sizeof(out) - 1;
		out[len - 1] = '\n';
	}
	if (sink.to == TO_FILE && (fd = file_fd()) < 0)
		fd = STDERR_FILENO;
	if (write(fd, out, (size_t)len) < 0 && fd != STDERR_FILENO)
		(void)!write(STDERR_FILENO, out, (size_t)len);
}

static void
emit(enum log_level level, const char *words)
{
	(void)pthread_mutex_lock(&sink_mutex);
	if (level <= sink.least)
		write_line(level, words);
	(void)pthread_mutex_unlock(&sink_mutex);
}

void
log_begin(void)
{
	line.level = LOG_DONE;
	line.quiet = false;
	line.event[0] = '\0';
	line.fields[0] = '\0';
	line.len = 0;
	line.n_keys = 0;
}

void
log_raise(enum log_level level)
{
	if (level < line.level)
		line.level = level;
}

void
log_quiet(void)
{
	line.level = LOG_DEBUG;
	line.quiet = true;
}

void
log_event(const char *event)
{
	if (!line.event[0])
		copy_text(line.event, sizeof(line.event), event);
}

const char *
log_said(void)
{
	if (line.quiet)
		return NULL;
	return line.event[0] ? line.event : "done";
}

/* Is key new on this line?  Remembers it. */
static bool
key_is_new(const char *key)
{
	size_t i;

	for (i = 0; i < line.n_keys; i++)
		if (text_equal(line.keys[i], key))
			return false;
	if (line.n_keys == KEYS_MAX)
		return false;
	copy_text(line.keys[line.n_keys++], sizeof(line.keys[0]), key);
	return true;
}

/* " key=value", whole or not at all. */
static void
add_field(const char *key, const char *value, size_t value_bytes)
{
	size_t key_bytes = strlen(key), bytes = 2 + key_bytes + value_bytes;
	char *at = line.fields + line.len;

	if (bytes >= sizeof(line.fields) - line.len)
		return;
	*at++ = ' ';
	memcpy(at, key, key_bytes);
	at += key_bytes;
	*at++ = '=';
	memcpy(at, value, value_bytes);
	at[value_bytes] = '\0';
	line.len += bytes;
}

/* value in quotes; control bytes, quotes, backslashes and what is not ASCII
 * as \xHH, cut at VALUE_BYTES.  How long it is. */
static size_t
quote(char *to, const char *value)
{
	const char *hex = "0123456789abcdef";
	const unsigned char *p = (const unsigned char *)value;
	size_t len = 0;

	to[len++] = '"';
	for (; *p && len < VALUE_BYTES - 8; p++) {
		if (*p == '"' || *p == '\\' || *p < 0x20 || *p > 0x7E) {
			to[len++] = '\\';
			to[len++] = 'x';
			to[len++] = hex[*p >> 4];
			to[len++] = hex[*p & 15];
		} else {
			to[len++] = (char)*p;
		}
	}
	if (*p)
		for (int i = 0; i < 3; i++)
			to[len++] = '.';
	to[len++] = '"';
	return len;
}

void
log_text(const char *key, const char *value)
{
	char quoted[VALUE_BYTES + 8];
	size_t bytes;

	if (!value || !*value || !key_is_new(key))
		return;
	bytes = quote(quoted, value);
	add_field(key, quoted, bytes);
}

void
log_number(const char *key, int64_t value)
{
	char digits[32];
	int len = snprintf(digits, sizeof(digits), "%lld", (long long)value);

	if (len > 0 && key_is_new(key))
		add_field(key, digits, (size_t)len);
}

void
log_end(void)
{
	char words[LINE_BYTES + 128];

	(void)snprintf(words, sizeof(words), "%s%s",
	    line.event[0] ? line.event : "done", line.fields);
	emit(line.level, words);
}

void
log_alone(enum log_level level, const char *format, ...)
{
	char words[LINE_BYTES], *p;
	va_list args;

	va_start(args, format);
	(void)vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	for (p = words; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F)
			*p = ' ';
	emit(level, words);
}
