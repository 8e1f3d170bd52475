# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service manager, as far as a daemon needs it that leaves its ports to the next one."""

import array
import os
import socket


class ServiceManager:
    """What systemd does for a Type=notify unit with FileDescriptorStoreMax=."""

    def __init__(self, folder):
        self.path = folder + '/notify'
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.kept = {}  # name -> descriptor
        self.ready = 0

    def take(self):
        while True:
            try:
                text, ancillary, _, _ = socket.socket.recvmsg(self.socket, 4096, 1024)
            except BlockingIOError:
                return
            fds = array.array('i')
            for _, _, data in ancillary:
                fds.frombytes(data)
            words = dict(line.split('=', 1) for line in text.decode().splitlines())
            if 'FDSTORE' in words:
                self.drop(words['FDNAME'])
                self.kept[words['FDNAME']] = fds[0]
            elif 'FDSTOREREMOVE' in words:
                self.drop(words['FDNAME'])
            self.ready += words.get('READY') == '1'

    def drop(self, name):
        if name in self.kept:
            os.close(self.kept.pop(name))

    def close(self):
        self.take()
        for name in list(self.kept):
            self.drop(name)
        self.socket.close()

    def environment(self):
        """For the next daemon, but for LISTEN_PID; and the descriptors that are to be its third and on."""
        if not self.kept:
            return {'NOTIFY_SOCKET': self.path}, []
        return {'NOTIFY_SOCKET': self.path, 'LISTEN_FDS': str(len(self.kept)),
                'LISTEN_FDNAMES': ':'.join(self.kept)}, list(self.kept.values())
