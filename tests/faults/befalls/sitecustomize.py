"""What befalls a whole process, and the ones that it starts, as the variable FAULT says.

Python imports a module of this name when it starts, so nothing in eqmorph knows of it. `reader` replaces libsndfile's
reader by one that does to the process whatever the name of a file says, as a bad decoder would; or that waits, once
it has begun, until there is a file "go".
"""

import os
import time
from pathlib import Path

faults = os.environ.get("FAULT", "").split()

if "reader" in faults:
    import ctypes

    import soundfile

    class MadeUpReader(soundfile.SoundFile):
        """A decoder that is out of its mind."""

        def read(self, *arguments, **options):
            name = os.fsdecode(self.name)
            if "segfault" in name:
                ctypes.string_at(0)
            if "hangs" in name:
                time.sleep(600)
            if "hungry" in name:
                self.taken = bytearray(3 << 30)
            if "waits" in name:
                Path(f"reached {Path(name).name}").touch()
                while not Path("go").exists():
                    time.sleep(0.005)
            return super().read(*arguments, **options)

    soundfile.SoundFile = MadeUpReader

if "no-locks" in faults:
    import errno
    import fcntl

    def flock(_handle, _how):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    fcntl.flock = flock

if "clock" in faults:  # an hour back with each call
    now, calls = time.time, [0]

    def backwards():
        calls[0] += 1
        return now() - 3600 * calls[0]

    time.time = backwards
