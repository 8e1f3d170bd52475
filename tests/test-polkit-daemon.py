#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the daemon, as its own user, does with what polkitd says, or does not say.

Usage: test-polkit-daemon.py WITH-POLKIT BUILD [TEST...]; OFFHOOKD and OFFHOOK_SIM name the programs."""

import sys
import time

# The sources may be read-only.
sys.dont_write_bytecode = True

from polkit_fixture import HOME, NAME, Case, Daemon, Refused, log_in, log_out, main, switch

CASES = ('Stranger', 'Member', 'Session', 'Rules', 'Outages', 'Passwords')
NUMBER = '+15551234'
DIAL = "('5559876', @a{sv} {})"
OWNER = "{'Privilege': <'owner'>, 'Priority': <5>}"
MANAGER = [NAME, '/org/offhook/Telephony1', NAME + '.Manager']
CALL_EVENTS = ('new-call', 'call-state', 'call-info')
PERSONAL = ('Number', 'NumberPresentation', 'Name', 'NamePresentation', 'NetworkTime')


class DaemonCase(Case):
    def ring(self, daemon, *listeners):
        """A call comes in; each of the listeners hears of it with its number."""
        daemon.say('ring number=' + NUMBER)
        for listener in listeners:
            listener.event_until(*CALL_EVENTS, Number=NUMBER)

    def assert_refused(self, error, function, *arguments, **options):
        """Returns what the error says."""
        with self.assertRaises(Refused) as caught:
            function(*arguments, **options)
        self.assertEqual(str(caught.exception), error, caught.exception.text)
        return caught.exception.text

    def assert_anonymous(self, details):
        self.assertEqual([key for key in PERSONAL if key in details], [])

    def assert_heard_nobody(self, peer, after=0):
        """No event so far after that serial says who calls."""
        events = [event for event in peer.heard('Event') if event[1] > after]
        for event in events:
            self.assert_anonymous(event[5])
        self.assertNotIn(NUMBER[1:], str(events))


class Stranger(DaemonCase):
    """A user without a session, of no group: nothing is allowed to him."""

    def test_hears_of_a_call_but_not_whose(self):
        daemon, root, stranger = self.daemon(), self.peer('root'), self.peer('stranger')
        root.open()
        self.assertEqual(stranger.open()['State'], 'in-service')
        self.ring(daemon, root)
        self.assertEqual(stranger.event_until('new-call')['State'], 'offering')
        snapshot = stranger.open('/late')
        self.assertEqual(len(snapshot['Calls']), 1)
        self.assert_anonymous(snapshot['Calls'][0][1])
        root.phone('Answer')
        stranger.event_until('call-state', State='connected')
        root.phone('Drop')
        stranger.event_until('call-state', State='ended')
        self.assert_heard_nobody(stranger)

    def test_may_do_nothing(self):
        daemon, root, stranger = self.daemon(), self.peer('root'), self.peer('stranger')
        root.open()
        stranger.open()
        stranger.listen('/owner')
        # Before there is a call: nothing but the permission is in the way.
        text = self.assert_refused('NotAuthorized', stranger.line, 'Dial', DIAL)
        self.assertIn(f"needs the permission {NAME}.dial of polkit'", text)
        self.ring(daemon, root)
        for method in ('GetParty', 'Answer', 'Drop', 'Ignore', 'TakeOwnership'):
            with self.subTest(method):
                self.assert_refused('NotAuthorized', stranger.phone, method)
        for method, arguments in (('ListHandles', '()'), ('HangUpAll', '()'),
                                  ('Open', f"(objectpath '/owner', {OWNER})")):
            with self.subTest(method):
                self.assert_refused('NotAuthorized', stranger.line, method, arguments)
        self.assert_refused('NotAuthorized', stranger.call, MANAGER, 'AddLine',
                            "('/dev/full', @a{sv} {})")
        self.assertEqual(root.phone('GetParty')['Number'], NUMBER)
        root.phone('Answer')
        stranger.event_until('call-state', State='connected')


class Member(DaemonCase):
    """Of the group offhook: the shipped rule lets him use the telephone."""

    def test_sees_and_answers(self):
        daemon, member = self.daemon(), self.peer('member')
        member.open()
        self.ring(daemon, member)
        self.assertEqual(member.phone('GetParty')['Number'], NUMBER)
        self.assertEqual(member.open('/late')['Calls'][0][1]['Number'], NUMBER)
        member.phone('Answer')
        member.event_until('call-state', State='connected', Number=NUMBER)
        member.phone('Drop')
        member.event_until('call-state', State='ended', Number=NUMBER)

    def test_dials(self):
        daemon, member = self.daemon(), self.peer('member')
        daemon.say('on-dial manual')
        member.open()
        self.assertEqual(member.line('Dial', DIAL), HOME + '/call/1')
        member.event_until('new-call', Number='5559876', Privilege='owner')
        member.phone('Drop')
        member.event_until('call-state', State='ended')

    def test_owns(self):
        daemon, root, member = self.daemon(), self.peer('root'), self.peer('member')
        root.open(options="{'Privilege': <'owner'>, 'Priority': <1>}")
        member.open(options=OWNER)
        self.ring(daemon, member)
        self.assertEqual(member.event_until('new-call')['Privilege'], 'owner')
        self.assertEqual(root.event_until('new-call')['Privilege'], 'monitor')

    def test_does_not_configure(self):
        self.daemon()
        member = self.peer('member')
        self.assert_refused('NotAuthorized', member.line, 'ListHandles')
        self.assert_refused('NotAuthorized', member.call, MANAGER, 'AddLine',
                            "('/dev/full', @a{sv} {})")
        self.assert_refused('NotAuthorized', member.call, MANAGER, 'RemoveLine',
                            f"(objectpath '{HOME}',)")


class Session(DaemonCase):
    """A user at the machine, and then another at his seat."""

    def setUp(self):
        super().setUp()
        self.user = self.peer('stranger')
        log_in(self.authority, self.user, True)
        self.addCleanup(log_out, self.authority, self.user)
        self.root = self.peer('root')

    def become_inactive(self):
        """Returns the serial of the last event that was sent before."""
        switch(self.authority, self.user, False)
        # The daemon answers after it was told of the change, and what it has sent comes before that.
        Daemon.state(self.root)
        Daemon.state(self.user)
        return self.user.last_serial()

    def become_active(self):
        """Returns the serial of an event that was sent before."""
        serial = self.user.last_serial()
        switch(self.authority, self.user, True)
        return serial

    def test_becomes_inactive_and_active(self):
        daemon = self.daemon()
        self.user.open()
        self.ring(daemon, self.user)
        self.assertEqual(self.user.phone('GetParty')['Number'], NUMBER)
        serial = self.become_inactive()
        self.root.phone('Answer')
        self.assert_anonymous(self.user.event_until('call-state', State='connected'))
        self.assert_refused('NotAuthorized', self.user.phone, 'GetParty')
        self.assert_refused('NotAuthorized', self.user.phone, 'Drop')
        # polkit has been asked again, and what it says now is kept.
        self.root.line('HangUpAll')
        self.user.event_until('call-state', State='ended')
        daemon.say('ring number=' + NUMBER)
        self.user.event_until('new-call', after=serial)
        self.root.phone('Answer', number=2)
        self.user.event_until('call-state', after=serial, State='connected')
        self.assert_heard_nobody(self.user, serial)
        serial = self.become_active()
        self.user.event_until('call-info', after=serial, Number=NUMBER)
        self.assertEqual(self.user.phone('GetParty', number=2)['Number'], NUMBER)
        self.user.phone('Drop', number=2)

    def test_what_waits_is_told_without_the_number(self):
        daemon = self.daemon()
        self.root.open()
        self.user.open(answers=False)
        daemon.say('ring number=' + NUMBER)
        self.root.event_until('new-call', 'call-info', Number=NUMBER)
        self.root.phone('Ignore')
        self.root.phone('Answer')
        self.user.event_until('new-call')
        serial = self.become_inactive()
        while not any(event[5].get('State') == 'connected' for event in self.user.heard('Event')):
            self.user.answer()
            serial += 1
            self.user.heard_until('Event', lambda *event: event[1] == serial)
        self.assert_heard_nobody(self.user, 1)

    def test_logs_out(self):
        daemon = self.daemon()
        self.user.open()
        self.ring(daemon, self.user)
        serial = self.user.last_serial()
        log_out(self.authority, self.user)
        try:
            self.root.phone('Answer')
            self.user.event_until('call-state', after=serial, State='connected', Number=None)
            self.assert_refused('NotAuthorized', self.user.phone, 'GetParty')
        finally:
            log_in(self.authority, self.user, True)
        self.user.event_until('call-info', after=serial, Number=NUMBER)


class Rules(DaemonCase):
    """An administrator replaces a file of rules while it rings."""

    def test_sees_callers_or_not(self):
        daemon, root, stranger = self.daemon(), self.peer('root'), self.peer('stranger')
        root.open()
        stranger.open()
        self.ring(daemon, root)
        stranger.event_until('new-call')
        self.assert_heard_nobody(stranger)
        self.authority.allow('stranger', 'identify')
        stranger.event_until('call-info', Number=NUMBER)
        self.authority.allow('stranger', 'control')
        self.assert_refused('NotAuthorized', stranger.phone, 'GetParty')
        serial = stranger.last_serial()
        stranger.phone('Answer')
        stranger.event_until('call-state', after=serial, State='connected')
        self.assert_heard_nobody(stranger, serial)

    def test_owner_loses_the_permission(self):
        daemon, root, stranger = self.daemon(), self.peer('root'), self.peer('stranger')
        self.authority.allow('stranger', 'control')
        root.open(options="{'Privilege': <'owner'>}")
        stranger.open(options=OWNER)
        daemon.say('ring number=' + NUMBER)
        stranger.event_until('new-call', Privilege='owner')
        root.event_until('new-call', Privilege='monitor')
        self.authority.allow('stranger', 'identify')
        root.event_until('call-state', Privilege='owner')
        stranger.event_until('call-state', Privilege='monitor')
        self.assert_refused('NotAuthorized', stranger.phone, 'Answer')


class Outages(DaemonCase):
    def tearDown(self):
        self.authority.recover()
        super().tearDown()

    def seconds_of(self, peer, request, began):
        try:
            return peer.end(request), time.monotonic() - began
        except Refused as refused:
            return str(refused), time.monotonic() - began

    def test_silent(self):
        """It is there and says nothing: who was not judged before waits, nobody else does."""
        daemon, root, member = self.daemon(), self.peer('root'), self.peer('member')
        late, dialler, guest = self.peer('member'), self.peer('stranger'), self.peer('stranger')
        root.open()
        member.open()
        self.authority.stop()
        began = time.monotonic()
        dial = dialler.begin_call([NAME, HOME, NAME + '.Line'], 'Dial', DIAL)
        opens = {peer: peer.begin_open() for peer in (guest, late)}
        # Whom it has judged already hears whose call it is, and at once.
        self.ring(daemon, root, member)
        self.assertFalse(any(peer.is_answered(request) for peer, request in opens.items()))
        for peer, request in opens.items():
            snapshot, seconds = self.seconds_of(peer, request, began)
            self.assert_anonymous(snapshot['Calls'][0][1])
            self.assertTrue(4.5 < seconds < 10, seconds)
        root.phone('Answer')
        for peer in (root, member, guest, late):
            peer.event_until('call-state', State='connected')
        for peer in opens:
            self.assert_heard_nobody(peer)
        self.assertFalse(dialler.is_answered(dial))
        error, seconds = self.seconds_of(dialler, dial, began)
        self.assertEqual(error, 'NotAuthorized')
        self.assertTrue(19 < seconds < 30, seconds)
        # What it says in the end is still of use.
        self.authority.go_on()
        late.event_until('call-info', Number=NUMBER)
        late.phone('Drop')
        guest.event_until('call-state', State='ended')
        self.assert_heard_nobody(guest)

    def test_killed_and_back(self):
        """What it has said is trusted no more; it is asked when it is back."""
        daemon, root, member = self.daemon(), self.peer('root'), self.peer('member')
        member.open()
        self.ring(daemon, member)
        self.authority.kill()
        serial = member.last_serial()
        root.phone('Answer')
        self.assert_anonymous(
            member.event_until('call-state', after=serial, State='connected'))
        for method in ('GetParty', 'Drop'):
            self.assert_refused('NotAuthorized', member.phone, method)
        self.authority.start()
        member.event_until('call-info', after=serial, Number=NUMBER)
        self.assertEqual(member.phone('GetParty')['Number'], NUMBER)
        member.phone('Drop')

    def test_killed_while_asked(self):
        """The bus says so: nobody waits for the end of the time."""
        daemon, member = self.daemon(), self.peer('member')
        self.authority.stop()
        began = time.monotonic()
        dial = member.begin_call([NAME, HOME, NAME + '.Line'], 'Dial', DIAL)
        # It has been asked when this has come back.
        daemon.state(member)
        self.authority.kill()
        error, seconds = self.seconds_of(member, dial, began)
        self.assertEqual(error, 'NotAuthorized')
        self.assertLess(seconds, 10)
        self.authority.start()
        member.line('Dial', DIAL)

    def test_none(self):
        """Root and the daemon's own user may do all, others listen; at once, until it comes."""
        self.authority.kill()
        daemon, root, member = self.daemon(), self.peer('root'), self.peer('member')
        own = self.peer('offhook')
        began = time.monotonic()
        member.open()
        self.assertLess(time.monotonic() - began, 4.5)
        own.open(options=OWNER)
        text = self.assert_refused('NotAuthorized', member.line, 'Dial', DIAL)
        self.assertIn('polkit, which does not answer', text)
        self.ring(daemon, own)
        self.assertEqual(own.phone('GetParty')['Number'], NUMBER)
        self.assertEqual(len(root.line('ListHandles')), 2)
        self.assert_refused('NotAuthorized', member.phone, 'GetParty')
        root.phone('Answer')
        member.event_until('call-state', State='connected')
        self.assert_heard_nobody(member)
        self.assertLess(time.monotonic() - began, 15)
        self.authority.start()
        member.event_until('call-info', Number=NUMBER)
        member.phone('Drop')


class Passwords(DaemonCase):
    """The caller may be asked for a password, and nobody is there to ask."""

    def test_no_agent(self):
        self.daemon()
        stranger = self.peer('stranger')
        began = time.monotonic()
        self.assert_refused('NotAuthorized', stranger.line, 'Dial', DIAL, interactive=True)
        self.assert_refused('NotAuthorized', stranger.line, 'ListHandles', interactive=True)
        self.assertLess(time.monotonic() - began, 10)
        self.authority.allow('stranger', 'dial')
        self.assertEqual(stranger.line('Dial', DIAL, interactive=True), HOME + '/call/1')


if __name__ == '__main__':
    sys.exit(main(CASES, __doc__))
