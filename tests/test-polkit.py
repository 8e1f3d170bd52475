#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What polkitd says to our actions and rules.

Usage: test-polkit.py WITH-POLKIT BUILD [TEST...]"""

import sys

# The sources may be read-only.
sys.dont_write_bytecode = True

from polkit_fixture import ACTIONS, Case, Refused, log_in, log_out, main

CASES = ('Actions', 'ShippedRule', 'LocalRules', 'Askers', 'Outages')
TELEPHONE = ('identify', 'dial', 'control', 'audio')


def only(*actions):
    """The decisions when just these are allowed and an administrator could allow the others."""
    return {action: 'yes' if action in actions else 'challenge' for action in ACTIONS}


class Actions(Case):
    """The defaults of the policy file."""

    def session(self, active):
        peer = self.peer('stranger')
        log_in(self.authority, peer, active)
        self.addCleanup(log_out, self.authority, peer)
        return peer

    def test_without_a_session(self):
        self.assertEqual(self.decisions(self.peer('stranger')), only())

    def test_in_an_inactive_session(self):
        self.assertEqual(self.decisions(self.session(False)), only())

    def test_in_the_active_session(self):
        self.assertEqual(self.decisions(self.session(True)), only(*TELEPHONE))

    def test_logs_out(self):
        peer = self.peer('stranger')
        log_in(self.authority, peer, True)
        log_out(self.authority, peer)
        self.assertEqual(self.decisions(peer), only())

    def test_root(self):
        self.assertEqual(self.decisions(self.peer('root')), only(*ACTIONS))


class ShippedRule(Case):
    """Members of the group offhook may use the telephone."""

    def test_member(self):
        self.assertEqual(self.decisions(self.peer('member')), only(*TELEPHONE))

    def test_it_is_the_own_group(self):
        self.assertEqual(self.decisions(self.peer('offhook')), only(*TELEPHONE))

    def test_says_nothing_of_others(self):
        """Another rule may still allow what this one does not know."""
        self.authority.allow('member', 'configure')
        self.assertEqual(self.decisions(self.peer('member')), only('configure', *TELEPHONE))


class LocalRules(Case):
    def test_allows(self):
        stranger = self.peer('stranger')
        self.authority.allow('stranger', 'dial', 'raw')
        self.assertEqual(self.decisions(stranger), only('dial', 'raw'))

    def test_replaced(self):
        """set_rule() returns when polkitd has said Changed."""
        stranger = self.peer('stranger')
        self.authority.allow('stranger', 'dial')
        self.assertEqual(self.decisions(stranger), only('dial'))
        self.authority.allow('stranger', 'identify')
        self.assertEqual(self.decisions(stranger), only('identify'))
        self.authority.set_rule('stranger.rules', None)
        self.assertEqual(self.decisions(stranger), only())

    def test_forbids_a_member(self):
        self.authority.set_rule('10-no.rules', '''polkit.addRule(function (action, subject) {
            if (action.id == "org.offhook.Telephony1.dial" && subject.user == "member")
                return polkit.Result.NO;
        });''')
        self.assertEqual(self.authority.check(self.peer('member'), 'dial'), 'no')


class Askers(Case):
    """Who may ask about others."""

    def test_the_daemon(self):
        daemon, stranger = self.peer('offhook'), self.peer('stranger')
        self.authority.allow('stranger', *ACTIONS)
        for action in ACTIONS:
            with self.subTest(action):
                self.assertEqual(self.authority.check(stranger, action, daemon), 'yes')

    def test_nobody_else(self):
        member, stranger = self.peer('member'), self.peer('stranger')
        for action in ACTIONS:
            with self.subTest(action), self.assertRaises(Refused) as caught:
                self.authority.check(stranger, action, member)
            self.assertEqual(caught.exception.name,
                             'org.freedesktop.PolicyKit1.Error.NotAuthorized')


class Outages(Case):
    """polkitd as the tests of the daemon can have it."""

    def test_silent(self):
        root, stranger = self.peer('root'), self.peer('stranger')
        self.authority.stop()
        self.addCleanup(self.authority.go_on)
        request = self.authority.ask(root, stranger, 'dial')
        self.assertTrue(self.authority.is_there())
        self.assertFalse(root.is_answered(request))
        self.authority.go_on()
        self.assertEqual(root.end(request)[:2], (False, True))

    def test_gone_and_back(self):
        stranger = self.peer('stranger')
        self.authority.kill()
        try:
            with self.assertRaises(Refused) as caught:
                self.authority.check(stranger, 'dial')
            self.assertEqual(str(caught.exception), 'ServiceUnknown')
        finally:
            self.authority.start()
        self.assertEqual(self.authority.check(stranger, 'dial'), 'challenge')


if __name__ == '__main__':
    sys.exit(main(CASES, __doc__))
