/* SPDX-License-Identifier: MIT */
/*
 * flow.h - what the log lines of one authorization have in common.
 *
 * Each field is the start of a SHA-256, of which nothing can be done; the same
 * hexadecimal digits open the digest in the database.
 */
#ifndef OAUTH_FLOW_H
#define OAUTH_FLOW_H

#include "crypto/digest.h"
#include "http/request.h"

/*
 * request="...", from authorize through the pages to the token request: it is
 * made of the code's digest, and whoever knows the request_id knows the code
 * that it may earn.
 */
void flow_log_request(struct request *rq, const char *request_id);
void flow_log_code(struct request *rq, const struct sha256 *code_digest);

/* device="...", on the lines of device_authorization, consent and token; the
 * second takes the digest in hexadecimal. */
void flow_log_device(struct request *rq,
    const struct sha256 *device_code_digest);
void flow_log_device_hex(struct request *rq, const char *device_code_digest);

#endif
