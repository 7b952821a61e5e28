-- SPDX-License-Identifier: MIT
-- By what attempts from an address are counted.
BEGIN;
SELECT plan(20);

SELECT is(oauth.remote_network(remote), network, coalesce(remote, 'none'))
  FROM (VALUES
    ('192.0.2.1', '192.0.2.1'), ('127.0.0.1', '127.0.0.1'),
    ('2001:db8:1:2::1', '2001:db8:1:2::/64'), ('2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'),
    ('2001:DB8:1:2::A', '2001:db8:1:2::/64'), ('2001:db8:1:3::1', '2001:db8:1:3::/64'), ('::1', '::/64'),
    ('::ffff:192.0.2.1', '192.0.2.1'), ('::ffff:c000:0201', '192.0.2.1'), ('64:ff9b::c000:201', '64:ff9b::c000:201'),
    ('64:ff9b:1::1', '64:ff9b:1::/64'), ('::fffe:192.0.2.1', '::/64'),
    ('fe80::1%eth0', 'fe80::1%eth0'), ('unix:', 'unix:'), ('', ''), (NULL, NULL)
  ) AS t (remote, network);

SELECT count(*) FROM generate_series(1, 5) n, oauth.login_begin('nobody@example.com', '2001:db8::' || n, NULL, NULL, 5, 5, 5, 60);
SELECT is((SELECT count FROM oauth.attempt WHERE key = 'remote:2001:db8::/64'), 5, 'guesses from one network are counted together');
SELECT is((SELECT reason FROM oauth.login_begin('nobody@example.com', '2001:db8::ff', NULL, NULL, 5, 5, 5, 60)), 'throttled', 'and have one limit');
SELECT isnt((SELECT reason FROM oauth.login_begin('nobody@example.com', '2001:db8:0:1::ff', NULL, NULL, 5, 5, 5, 60)), 'throttled',
  'which is not another network''s');
SELECT ok(oauth.client_register_wait('2001:db8::1', 'x', 1) = 0 AND oauth.client_register_wait('2001:db8::2', 'x', 1) > 0, 'so are registrations');

SELECT * FROM finish();
ROLLBACK;
