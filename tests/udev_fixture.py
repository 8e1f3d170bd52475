# SPDX-License-Identifier: LGPL-2.1-or-later
"""Modems for umockdev, offhookctl run among them, and what udev's own program makes of rules."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from offhookctl_fixture import DEADLINE, PROGRAM, SOURCE, environment

PCI = '/devices/pci0000:00/0000:00:14.0'
CONTROLLER = f'P: {PCI}\nE: SUBSYSTEM=pci\n'
RULES = 'etc/udev/rules.d'
# What is told to udev, and then fails if it shall.
UDEVADM = '''#!/bin/sh
echo "$*" >>"$UDEVADM_LOG"
test -z "$UDEVADM_FAILS"
'''
# ID_PATH is from other rules, which a machine without udev running lacks.
LOOK = '''set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/udev/rules.d
cp "$2/systemd/60-offhook.rules" /run/udev/rules.d
echo 'SUBSYSTEM=="tty", IMPORT{builtin}="path_id"' >/run/udev/rules.d/59-path.rules
find "$1/etc" -name '*.rules' -exec cp '{}' /run/udev/rules.d ';'
exec umockdev-run -d "$1/look" -- udevadm test "$3"
'''


class Modem:
    """A USB device with serial ports, as udev would have it."""

    def __init__(self, place, ids, ports, bus=1, **attributes):
        self.syspath = f'{PCI}/usb{bus}/{bus}-{place}'
        self.kernel, self.ids, self.ports = f'{bus}-{place}', ids.split(':'), ports
        self.attributes = {'idVendor': self.ids[0], 'idProduct': self.ids[1], **attributes}
        self.path = f'pci-0000:00:14.0-usb-0:{place}'
        self.properties, self.interfaces = {}, {}

    def tty(self, name):
        number = self.ports[name]
        return f'{self.syspath}/{self.kernel}:1.{number}/{name}/tty/{name}'

    def describe(self, links=True):
        yield f'P: {self.syspath}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DRIVER=usb'
        yield from (f'A: {key}={value}\\n' for key, value in self.attributes.items())
        for name, number in self.ports.items():
            yield (f'\nP: {self.syspath}/{self.kernel}:1.{number}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n'
                   f'A: bInterfaceNumber={number:02x}\\n')
            yield from (f'A: {key}={value}\\n' for key, value in self.interfaces.get(number, {}).items())
            yield f'\nP: {self.tty(name)}\nN: {name}\nE: SUBSYSTEM=tty\nE: DEVNAME=/dev/{name}'
            if links:
                yield (f'S: serial/by-id/usb-{name}\nE: DEVLINKS=/dev/serial/by-id/usb-{name}\n'
                       f'E: ID_PATH={self.path}:1.{number}')
            yield from (f'E: {key}={value}' for key, value in self.properties.get(name, {}).items())
        yield ''


class Plain:
    """A serial port that is on no USB."""

    def __init__(self, name, syspath, **properties):
        self.name, self.syspath, self.properties = name, f'{syspath}/tty/{name}', properties

    def describe(self, links=True):
        yield f'P: {self.syspath}\nN: {self.name}\nE: SUBSYSTEM=tty\nE: DEVNAME=/dev/{self.name}'
        yield from (f'E: {key}={value}' for key, value in self.properties.items())
        yield ''


def quectel(**attributes):
    return Modem('1.2', '2c7c:0125', {f'ttyUSB{i}': i for i in range(4)}, product='EC25 "x"\\tM',
                 **{'serial': 'ABC.12-3', **attributes})


def landline(place='3', name='ttyACM0', **attributes):
    return Modem(place, '0572:1329', {name: 0}, **attributes)


class Base(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        (self.root / 'etc').mkdir()
        self.log = self.root / 'log'
        (self.root / 'udevadm').write_text(UDEVADM, encoding='ascii')
        (self.root / 'udevadm').chmod(0o755)
        self.plug(quectel(), landline())

    def plug(self, *devices):
        self.devices = devices
        (self.root / 'devices').write_text('\n'.join(line for device in devices for line in device.describe()),
                                           encoding='utf-8')

    def ctl(self, *arguments, code=0, wrapper=(), **more):
        path = f'{self.root}:{os.environ["PATH"]}'
        result = subprocess.run(
            ['umockdev-run', '-d', self.root / 'devices', '--', *wrapper, PROGRAM, *arguments], text=True,
            capture_output=True, timeout=DEADLINE, stdin=subprocess.DEVNULL, check=False,
            env=environment(**{'OFFHOOK_CLAIM_ROOT': str(self.root), 'UDEVADM_LOG': str(self.log), 'PATH': path,
                               'ASAN_OPTIONS': 'verify_asan_link_order=0', **more}))
        self.assertEqual(result.returncode, code, (arguments, result.stdout, result.stderr))
        return result

    def claims(self):
        folder = self.root / RULES
        return sorted(file.name for file in folder.iterdir()) if folder.exists() else []

    def rules(self, name):
        return (self.root / RULES / f'61-offhook-{name}.rules').read_text(encoding='ascii')

    def properties(self, devices, syspath):
        """What udev makes of a device by our rules and the claims, in a /run that is ours alone."""
        lines = [CONTROLLER, *(line for device in devices for line in device.describe(links=False))]
        (self.root / 'look').write_text('\n'.join(lines), encoding='utf-8')
        command = ['unshare', '--mount', *(['--map-root-user'] if os.geteuid() != 0 else []),
                   'sh', '-c', LOOK, 'look', str(self.root), SOURCE, f'/sys{syspath}']
        result = subprocess.run(command, text=True, capture_output=True, timeout=DEADLINE, check=False,
                                stdin=subprocess.DEVNULL, env=environment())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('Reading rules file: /run/udev/rules.d/60-offhook.rules', result.stderr)
        pairs = (line.partition('=') for line in result.stdout.splitlines() if '=' in line)
        found = {key: value for key, _, value in pairs}
        self.assertEqual(found.get('DEVPATH'), syspath, result.stdout)
        return {key: value for key, value in found.items() if key.startswith(('OFFHOOK_', 'ID_MM_'))}

    def told(self):
        """What udevadm was called with since the last time."""
        lines = self.log.read_text(encoding='utf-8').splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines
