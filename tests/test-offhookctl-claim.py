#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""offhookctl claim and unclaim, on devices that umockdev plays.

Usage: test-offhookctl-claim.py OFFHOOKCTL SOURCE-ROOT LOCALE-DIRECTORY

The variable $OFFHOOK_CLAIM_ROOT stands before /etc, and lets anybody write there.
"""

import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # the source tree may be read-only

from offhookctl_fixture import SOURCE, run  # noqa: E402
from udev_fixture import Base, Modem, Plain, RULES, landline, quectel  # noqa: E402

class ClaimTest(Base):
    def test_by_serial(self):
        text = self.ctl('claim', '/dev/ttyUSB2').stdout
        self.assertEqual(self.claims(), ['61-offhook-2c7c-0125-ABC.12-3.rules'])
        self.assertIn('61-offhook-2c7c-0125-ABC.12-3.rules', text)
        self.assertIn('Calls go through /dev/ttyUSB2', text)
        self.assertIn('ModemManager', text)
        rules = self.rules('2c7c-0125-ABC.12-3')
        self.assertIn('ATTRS{idVendor}=="2c7c", ATTRS{idProduct}=="0125", ATTRS{serial}=="ABC.12-3"', rules)
        self.assertIn('ATTRS{bInterfaceNumber}=="02", ENV{OFFHOOK_PORT}="main"', rules)
        mode = (self.root / RULES / self.claims()[0]).stat().st_mode
        self.assertEqual(mode & 0o777, 0o644)

    def test_udev_is_told(self):
        self.ctl('claim', '/dev/ttyUSB2')
        modem = self.devices[0]
        paths = ' '.join(f'/sys{path}' for path in [modem.syspath, *(modem.tty(port) for port in modem.ports)])
        self.assertEqual(self.told(), ['control --reload', f'trigger --action=change {paths}', 'settle --timeout=10'])
        self.ctl('unclaim', '/dev/ttyUSB0')
        self.assertEqual(self.told(), ['control --reload', f'trigger --action=change {paths}', 'settle --timeout=10'])

    def test_again(self):
        self.ctl('claim', '/dev/ttyUSB2')
        before = self.rules('2c7c-0125-ABC.12-3')
        self.ctl('claim', '/dev/ttyUSB2')
        self.assertEqual(self.rules('2c7c-0125-ABC.12-3'), before)
        self.assertEqual(len(self.claims()), 1)
        self.ctl('claim', '--driver=cellular', '/dev/ttyUSB2')
        self.assertIn('ENV{OFFHOOK_DRIVER}="cellular"', self.rules('2c7c-0125-ABC.12-3'))
        self.assertEqual(len(self.claims()), 1)

    def test_link(self):
        self.ctl('claim', '/dev/serial/by-id/usb-ttyUSB2')
        self.assertEqual(self.claims(), ['61-offhook-2c7c-0125-ABC.12-3.rules'])

    def test_own_link(self):
        """umockdev plays no links: the number of a device that every machine has is told by it."""
        number = os.stat('/dev/full').st_rdev
        self.plug(Plain('ttyS4', '/devices/pci0000:00/0000:00:16.3', MAJOR=os.major(number), MINOR=os.minor(number)))
        (self.root / 'modem').symlink_to('/dev/full')
        self.ctl('claim', str(self.root / 'modem'))
        self.assertEqual(self.claims(), ['61-offhook-ttyS4.rules'])

    def test_without_serial(self):
        self.ctl('claim', '/dev/ttyACM0')
        self.assertEqual(self.claims(), ['61-offhook-0572-1329-pci-0000_00_14.0-usb-0_3.rules'])
        rules = self.rules('0572-1329-pci-0000_00_14.0-usb-0_3')
        self.assertIn('ENV{ID_PATH}=="pci-0000:00:14.0-usb-0:3:*"', rules)
        self.assertIn('ENV{ID_PATH}=="pci-0000:00:14.0-usb-0:3",', rules)

    def test_useless_serials(self):
        for serial in '', '00000000', '0123456789ABCDEF', 'a"b', 'a*', 'a$b', 'a%b', 'a b', 'a|b', 'a[b]', 'x' * 65:
            self.plug(quectel(serial=serial))
            self.ctl('claim', '/dev/ttyUSB2')
            self.assertEqual(self.claims(), ['61-offhook-2c7c-0125-pci-0000_00_14.0-usb-0_1.2.rules'], serial)
            self.assertNotIn('{serial}', self.rules('2c7c-0125-pci-0000_00_14.0-usb-0_1.2'))
            self.ctl('unclaim', '/dev/ttyUSB2')

    def test_twins(self):
        self.plug(landline('3', 'ttyACM0', serial='77X'), landline('4', 'ttyACM1', serial='77X'))
        self.ctl('claim', '/dev/ttyACM1')
        self.assertEqual(self.claims(), ['61-offhook-0572-1329-pci-0000_00_14.0-usb-0_4.rules'])
        # Also when it is alone again.
        self.plug(landline('4', 'ttyACM1', serial='77X'))
        self.ctl('claim', '/dev/ttyACM1')
        self.assertEqual(len(self.claims()), 1)
        self.ctl('unclaim', '/dev/ttyACM1')
        self.assertEqual(self.claims(), [])

    def test_without_path(self):
        modem = landline()
        describe = modem.describe
        modem.describe = lambda: describe(links=False)
        self.plug(modem)
        self.ctl('claim', '/dev/ttyACM0')
        self.assertIn('KERNELS=="1-3"', self.rules('0572-1329-1-3'))

    def test_plain_port(self):
        self.plug(Plain('ttyS4', '/devices/pci0000:00/0000:00:16.3', ID_PATH='pci-0000:00:16.3'))
        self.ctl('claim', '--driver', 'v253', '/dev/ttyS4')
        rules = self.rules('ttyS4')
        self.assertIn('SUBSYSTEM=="tty", KERNEL=="ttyS4"', rules)
        self.assertIn('ENV{OFFHOOK_DRIVER}="v253"', rules)
        self.assertNotIn('OFFHOOK_PORT', rules)
        self.assertIn('change /sys/devices/pci0000:00/0000:00:16.3/tty/ttyS4', '\n'.join(self.told()))

    def test_what_is_no_port(self):
        self.plug(Plain('tty3', '/devices/virtual'), Plain('rfcomm0', '/devices/virtual'), quectel())
        self.assertIn('no port that a modem may be at', self.ctl('claim', '/dev/tty3', code=5).stderr)
        self.assertIn('no port that a modem may be at', self.ctl('claim', '/dev/null', code=5).stderr)
        self.assertIn('There is no device "/dev/ttyUSB7"', self.ctl('claim', '/dev/ttyUSB7', code=5).stderr)
        self.assertEqual((self.claims(), self.told()), ([], []))
        self.ctl('claim', '/dev/rfcomm0')

    def test_hostile_device(self):
        evil = Modem('5', '0572:1329', {'ttyACM0': 0}, serial='x"\\nRUN+="/bin/evil', product='a\\nRUN+="/bin/evil"')
        self.plug(evil)
        self.ctl('claim', '/dev/ttyACM0')
        rules = self.rules('0572-1329-pci-0000_00_14.0-usb-0_5')
        self.assertNotIn('RUN+=', rules.replace('_RUN+=', ''))
        self.assertEqual(len([line for line in rules.splitlines() if 'evil' in line and line[0] != '#']), 0)

    def test_hostile_ids(self):
        self.plug(Modem('5', 'a"b:13*9', {'ttyACM0': 0}))
        self.ctl('claim', '/dev/ttyACM0')
        self.assertIn('KERNEL=="ttyACM0"', self.rules('ttyACM0'))
        self.assertNotIn('13*9', self.rules('ttyACM0'))

    def test_port_for_something_else(self):
        modem = quectel()
        modem.properties = {'ttyUSB0': {'OFFHOOK_PORT': 'other'}, 'ttyUSB2': {'OFFHOOK_PORT': 'main'}}
        self.plug(modem)
        self.assertIn('is /dev/ttyUSB2', self.ctl('claim', '/dev/ttyUSB0', code=1).stderr)
        self.assertEqual(self.claims(), [])
        self.ctl('claim', '--anyway', '/dev/ttyUSB0')
        self.assertIn('ATTRS{bInterfaceNumber}=="00"', self.rules('2c7c-0125-ABC.12-3'))
        self.ctl('claim', '/dev/ttyUSB2')
        self.assertIn('ATTRS{bInterfaceNumber}=="02"', self.rules('2c7c-0125-ABC.12-3'))

    def test_list(self):
        self.assertEqual(self.ctl('claim', '--list').stdout, 'No modem is claimed.\n')
        self.assertEqual(json.loads(self.ctl('--json', 'claim', '--list').stdout), [])
        self.ctl('claim', '/dev/ttyUSB2')
        self.ctl('claim', '/dev/ttyACM0')
        (self.root / RULES / '61-offhook-mine.rules').write_text('# my own\n', encoding='ascii')
        self.plug(quectel())
        self.assertEqual(json.loads(self.ctl('--json', 'claim', '--list').stdout), [
            {'Name': '0572-1329-pci-0000_00_14.0-usb-0_3', 'Model': 'ttyACM0', 'Devices': [],
             'File': f'{self.root}/{RULES}/61-offhook-0572-1329-pci-0000_00_14.0-usb-0_3.rules'},
            {'Name': '2c7c-0125-ABC.12-3', 'Model': 'EC25 _x__M',
             'File': f'{self.root}/{RULES}/61-offhook-2c7c-0125-ABC.12-3.rules',
             'Devices': [f'/dev/ttyUSB{i}' for i in range(4)]}])
        rows = self.ctl('claim', '--list').stdout.splitlines()
        self.assertEqual(rows[0].split(), ['NAME', 'MODEL', 'DEVICES'])
        self.assertIn('/dev/ttyUSB0,/dev/ttyUSB1', rows[2])

    def test_unclaim_by_name(self):
        self.ctl('claim', '/dev/ttyUSB2')
        self.plug(landline())
        self.told()
        self.assertIn('There is no device', self.ctl('unclaim', '/dev/ttyUSB2', code=5).stderr)
        self.ctl('unclaim', '2c7c-0125-ABC.12-3')
        self.assertEqual((self.claims(), self.told()), ([], ['control --reload']))

    def test_unclaim_what_is_not(self):
        self.assertIn('"/dev/ttyUSB2" is not claimed', self.ctl('unclaim', '/dev/ttyUSB2', code=5).stderr)

    def test_files_of_others(self):
        folder = self.root / RULES
        folder.mkdir(parents=True)
        for name in '61-offhook-2c7c-0125-ABC.12-3.rules', '61-offhook-mine.rules':
            (folder / name).write_text('# my own\n', encoding='ascii')
        self.assertIn('was not made by offhookctl', self.ctl('claim', '/dev/ttyUSB2', code=1).stderr)
        self.ctl('unclaim', '/dev/ttyUSB2', code=5)
        self.ctl('unclaim', 'mine', code=5)
        self.assertEqual(len(self.claims()), 2)

    def test_json(self):
        claimed = json.loads(self.ctl('--json', 'claim', '/dev/ttyACM0').stdout)
        self.assertEqual(claimed['Devices'], ['/dev/ttyACM0'])
        self.assertTrue(os.path.exists(claimed['File']))

    def test_udev_fails(self):
        error = self.ctl('claim', '/dev/ttyUSB2', code=1, UDEVADM_FAILS='1').stderr
        self.assertIn('plugged in again', error)
        self.assertEqual(len(self.claims()), 1)

    def test_not_root(self):
        if os.geteuid() != 0:
            error = self.ctl('claim', '/dev/ttyUSB2', code=4, wrapper=['env', '-u', 'OFFHOOK_CLAIM_ROOT']).stderr
        else:
            self.root.chmod(0o755)
            drop = ['setpriv', '--reuid=65534', '--clear-groups', 'env', '-u', 'OFFHOOK_CLAIM_ROOT']
            error = self.ctl('claim', '/dev/ttyUSB2', code=4, wrapper=drop).stderr
        self.assertIn('Only root', error)
        self.assertEqual(self.told(), [])

    def test_usage(self):
        self.assertIn('missing', self.ctl('claim', code=2).stderr)
        self.assertIn('missing', self.ctl('unclaim', code=2).stderr)
        self.assertIn('--list', self.ctl('claim', '--list', '/dev/ttyUSB2', code=2).stderr)
        self.assertIn('"v253" or "cellular"', self.ctl('claim', '--driver=x', '/dev/ttyUSB2', code=2).stderr)
        self.assertIn('Too many', self.ctl('claim', '/dev/ttyUSB1', '/dev/ttyUSB2', code=2).stderr)
        self.assertEqual(self.claims(), [])

    def test_rules_are_sound(self):
        self.plug(quectel(), landline(), Plain('ttyS4', '/devices/pci0000:00/0000:00:16.3'))
        for device in '/dev/ttyUSB2', '/dev/ttyACM0', '/dev/ttyS4':
            self.ctl('claim', device)
        files = [self.root / RULES / name for name in self.claims()]
        self.assertEqual(len(files), 3)
        checked = subprocess.run([os.path.join(SOURCE, 'tests', 'check-udev.py'), *files], text=True,
                                 capture_output=True, check=False, stdin=subprocess.DEVNULL)
        self.assertEqual((checked.returncode, checked.stdout.strip()), (0, ''), checked.stderr)


if __name__ == '__main__':
    if shutil.which('umockdev-run') is None:
        sys.exit('umockdev-run is missing: package umockdev')
    sys.exit(run(sys.modules[__name__]))
