/* SPDX-License-Identifier: MIT */
#include "http/page_kind.h"

#define ERROR \
	{ \
		"error", PLACE_HTML, true \
	}
/* The hidden fields of a form, the anti-forgery token among them: in every form
 * just once, see template.c. */
#define CSRF \
	{ \
		"csrf", PLACE_HTML, true \
	}

const struct page_template page_templates[N_PAGES] = {
    [PAGE_FRAME] = {"page",
        {{"lang", PLACE_TEXT, true}, {"dir", PLACE_TEXT, true},
            {"head", PLACE_HTML, true}, {"title", PLACE_TEXT, true},
            {"style", PLACE_HTML, true}, {"logo", PLACE_HTML, false},
            {"site", PLACE_TEXT, true}, {"main", PLACE_HTML, true},
            {"support", PLACE_HTML, false}},
        {0}},
    [PAGE_LOGIN] = {"login", {ERROR, CSRF, {"email", PLACE_TEXT, false}},
        {"email", "password"}},
    [PAGE_SECOND_STEP] = {"second_step", {ERROR, CSRF}, {"code"}},
    [PAGE_FACTOR_BEGIN] = {"factor_begin",
        {ERROR, CSRF, {"email", PLACE_TEXT, false}}, {"password", "action"}},
    [PAGE_FACTOR_CHANGE] = {"factor_change",
        {ERROR, CSRF, {"codes_left", PLACE_TEXT, true}}, {"code", "action"}},
    [PAGE_FACTOR_SECRET] = {"factor_secret",
        {ERROR, CSRF, {"qr", PLACE_HTML, false}, {"how", PLACE_TEXT, false},
            {"secret", PLACE_TEXT, true}, {"uri", PLACE_URL, false}},
        {"code", "action"}},
    [PAGE_FACTOR_CODES] = {"factor_codes", {{"codes", PLACE_HTML, true}}, {0}},
    [PAGE_CONSENT] = {"consent",
        {{"identity", PLACE_HTML, true}, {"warning", PLACE_HTML, true},
            {"facts", PLACE_HTML, true}, CSRF, {"buttons", PLACE_HTML, true}},
        {0}},
    [PAGE_DEVICE] = {"device", {ERROR, CSRF, {"user_code", PLACE_TEXT, false}},
        {"user_code"}},
    [PAGE_PASSWORD] = {"password", {ERROR, CSRF, {"email", PLACE_TEXT, false}},
        {"password", "new_password", "again"}},
    [PAGE_RECOVER] = {"recover", {ERROR, CSRF}, {"new_password", "again"}},
    [PAGE_APPS] = {"apps",
        {{"email", PLACE_TEXT, true}, {"applications", PLACE_HTML, true},
            {"actions", PLACE_HTML, true}},
        {0}},
    [PAGE_LOGOUT] = {"logout", {CSRF}, {0}},
    [PAGE_MESSAGE] = {"message",
        {{"text", PLACE_TEXT, true}, {"note", PLACE_HTML, true},
            {"links", PLACE_HTML, true}},
        {0}},
    [PAGE_ERROR] = {"error",
        {{"why", PLACE_TEXT, true}, {"next", PLACE_TEXT, true},
            {"more", PLACE_HTML, true}, {"detail", PLACE_HTML, true},
            {"reference", PLACE_TEXT, true}, {"error_code", PLACE_TEXT, false}},
        {0}},
};
