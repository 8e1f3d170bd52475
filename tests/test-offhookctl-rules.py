#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What udev makes of our rules and of those that offhookctl claim writes: "udevadm test" is asked.

Usage: test-offhookctl-rules.py OFFHOOKCTL SOURCE-ROOT LOCALE-DIRECTORY
"""

import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # the source tree may be read-only

from offhookctl_fixture import run  # noqa: E402
from udev_fixture import Base, Modem, Plain, landline, quectel  # noqa: E402

IGNORED = {'ID_MM_DEVICE_IGNORE': '1'}
CLAIMED = {**IGNORED, 'OFFHOOK_DEVICE': '1'}


class RulesTest(Base):
    def of_port(self, modem, name):
        return self.properties([modem], modem.tty(name))

    def of_device(self, modem):
        return self.properties([modem], modem.syspath)

    def test_landline(self):
        modem = Modem('3', '0572:1324', {'ttyACM0': 0})
        self.assertEqual(self.of_port(modem, 'ttyACM0'), {**CLAIMED, 'OFFHOOK_DRIVER': 'v253'})
        device = self.of_device(modem)
        self.assertEqual(device['ID_MM_DEVICE_IGNORE'], '1')
        self.assertNotIn('OFFHOOK_DEVICE', device)

    def test_landline_to_be_asked(self):
        self.assertEqual(self.of_port(landline(), 'ttyACM0'), CLAIMED)

    def test_general_chips(self):
        for ids in '0403:6001', '10c4:ea60', '1a86:7523', '067b:2303', '2341:0043', '0572:1300':
            modem = Modem('3', ids, {'ttyUSB0': 0})
            self.assertEqual((self.of_port(modem, 'ttyUSB0'), self.of_device(modem)), ({}, {}), ids)

    def test_behind_a_hub(self):
        """Its own ids count, and no vendor of one device with a product of another."""
        modem = Modem('3', '0572:6001', {'ttyUSB0': 0})
        self.assertEqual(self.of_port(modem, 'ttyUSB0'), {})

    def test_cellular(self):
        for ids, main in (('2c7c:0125', 2), ('1e0e:9001', 2), ('1199:9071', 3), ('1546:1010', 6), ('1bc7:0021', 0)):
            modem = Modem('1.2', ids, {f'ttyUSB{i}': i for i in (0, 2, 3, 6)})
            for name, number in modem.ports.items():
                self.assertEqual(self.of_port(modem, name), {
                    'OFFHOOK_DRIVER': 'cellular', 'OFFHOOK_PORT': 'main' if number == main else 'other'}, ids)
            self.assertEqual(self.of_device(modem), {})

    def test_huawei(self):
        modem = Modem('1.2', '12d1:1506', {f'ttyUSB{i}': i for i in range(4)})
        for number, protocol in enumerate(('01', '02', '14', '33')):
            modem.interfaces[number] = {'bInterfaceClass': 'ff', 'bInterfaceSubClass': '02',
                                        'bInterfaceProtocol': protocol}
        self.assertEqual([self.of_port(modem, name).get('OFFHOOK_PORT') for name in modem.ports],
                         ['other', 'main', 'other', None])

    def test_claim_by_serial(self):
        self.ctl('claim', '/dev/ttyUSB3')
        modem = self.devices[0]
        for name, number in modem.ports.items():
            self.assertEqual(self.of_port(modem, name), {
                **CLAIMED, 'OFFHOOK_DRIVER': 'cellular', 'OFFHOOK_PORT': 'main' if number == 3 else 'other'})
        self.assertEqual(self.of_device(modem), IGNORED)

    def test_claim_by_serial_is_of_one(self):
        self.ctl('claim', '--driver=v253', '/dev/ttyUSB2')
        for other in (quectel(serial='ABC.12-4'), quectel(serial='XABC.12-3'), quectel(serial=''),
                      Modem('1.2', '2c7c:0121', {'ttyUSB2': 2}, serial='ABC.12-3')):
            self.assertNotIn('OFFHOOK_DEVICE', self.of_port(other, 'ttyUSB2'))
            self.assertEqual(self.of_device(other), {})
        elsewhere = Modem('4.4', '2c7c:0125', {'ttyUSB7': 2}, bus=2, serial='ABC.12-3')
        self.assertEqual(self.of_port(elsewhere, 'ttyUSB7'), {
            **CLAIMED, 'OFFHOOK_DRIVER': 'v253', 'OFFHOOK_PORT': 'main'})

    def test_claim_by_place(self):
        self.plug(Modem('1.2', '0403:6001', {'ttyUSB0': 0}))
        self.ctl('claim', '/dev/ttyUSB0')
        for kept in Modem('1.2', '0403:6001', {'ttyUSB5': 0}), Modem('1.2', '0403:6001', {'ttyUSB5': 0}, bus=4):
            # the controller is the same: only the number of its bus has changed
            self.assertEqual(self.of_port(kept, 'ttyUSB5'), {**CLAIMED, 'OFFHOOK_PORT': 'main'})
            self.assertEqual(self.of_device(kept), IGNORED)
        for other in (Modem('1.3', '0403:6001', {'ttyUSB0': 0}), Modem('1.2.1', '0403:6001', {'ttyUSB0': 0}),
                      Modem('1.2', '0403:6010', {'ttyUSB0': 0})):
            self.assertEqual((self.of_port(other, 'ttyUSB0'), self.of_device(other)), ({}, {}))

    def test_claim_of_plain_port(self):
        port = Plain('ttyS4', '/devices/pci0000:00/0000:00:16.3')
        other = Plain('ttyS5', '/devices/pci0000:00/0000:00:16.3')
        self.plug(port)
        self.ctl('claim', '/dev/ttyS4')
        self.assertEqual(self.properties([port], port.syspath), CLAIMED)
        self.assertEqual(self.properties([other], other.syspath), {})

    def test_unclaim(self):
        self.ctl('claim', '/dev/ttyUSB2')
        self.ctl('unclaim', '/dev/ttyUSB2')
        modem = self.devices[0]
        self.assertEqual(self.of_port(modem, 'ttyUSB2'), {'OFFHOOK_DRIVER': 'cellular', 'OFFHOOK_PORT': 'main'})
        self.assertEqual(self.of_device(modem), {})


def missing():
    if shutil.which('udevadm') is None:
        return 'this machine has no udev'
    command = ['unshare', '--mount', *(['--map-root-user'] if os.geteuid() != 0 else []),
               'mount', '-t', 'tmpfs', 'tmpfs', '/run']
    if subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode != 0:
        return 'this machine has no mount namespaces'
    return None


if __name__ == '__main__':
    if missing() is not None:
        print(f'1..0 # SKIP {missing()}')
        sys.exit(0)
    sys.exit(run(sys.modules[__name__]))
