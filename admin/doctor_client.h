/* SPDX-License-Identifier: MIT */
/*
 * doctor_client.h - the doctor as an MCP client and as the person who connects
 * it, from the challenge to the revoked token.
 *
 * Each step tells what it found, and returns false where the next ones would be
 * of no use.
 */
#ifndef ADMIN_DOCTOR_CLIENT_H
#define ADMIN_DOCTOR_CLIENT_H

#include "crypto/jwt.h"
#include "doctor_browser.h"
#include "store/store.h"

struct walk {
	struct doctor *doctor;
	struct arena *arena;
	struct store *operator_store; /* opened when it is needed */
	struct browser browser;

	/* who signs in; NULL: nobody */
	const char *email, *password;
	bool made_user;

	/* what the documents say */
	const struct resource_setting *resource;
	const char *authorization_endpoint, *token_endpoint;
	const char *registration_endpoint, *revocation_endpoint;
	const struct jwt_key *keys;
	size_t n_keys;

	/* the client; NULL before it is registered */
	const char *client_id;
	const char *registration_client_uri, *registration_access_token;

	/* what it was granted */
	const char *code, *code_verifier;
	const char *access_token, *refresh_token;
	bool used; /* the MCP server answered its call */
};

/* All of it; what was registered and made is removed again. */
void doctor_client(struct doctor *doctor);

/* ---- the person (doctor_client_person.c) ---- */

/* The one of --user, with a password from --password-file or standard input, or
 * one made for this walk. */
bool client_person(struct walk *walk);

/* The database as an operator reaches it, or NULL. */
struct store *client_operator_store(struct walk *walk);

/* ---- the steps, in this order ---- */
bool client_discover(struct walk *walk);
bool client_register_itself(struct walk *walk); /* once */
bool client_authorize(struct walk *walk);
bool client_redeem(struct walk *walk);
bool client_call(struct walk *walk);
bool client_refresh(struct walk *walk);
bool client_revoke(struct walk *walk);

/* Remove what was made, whatever happened before. */
void client_tidy(struct walk *walk);

#define CLIENT_REDIRECT_URI "http://localhost:49152/callback"

#endif
