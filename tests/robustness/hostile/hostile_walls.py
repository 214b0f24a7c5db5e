"""Attacks on the system: processes, files, memory, signals, terminals."""

from __future__ import annotations

from pathlib import Path

from hostile_case import HEAD, Case, body, quietly, telling, walls

LIBC = "libc = ctypes.CDLL(None, use_errno=True)"
PLACES = "('{place}', '/tmp', '/var/tmp', '/dev/shm', '/run', os.getcwd())"
TAKE_OVER = """
os.chdir('/')
here = os.environ.get('HOME', '/')
parent = os.path.dirname(here)
os.rename(here, parent + '/{mark}-old')
os.symlink('{target}', here)
"""
DAEMON = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(40)
    os._exit(0)
"""
SCAN = """
found = []
for line in open('/proc/self/maps').read().splitlines():
    first, rights = line.split()[:2]
    a, b = (int(n, 16) for n in first.split('-'))
    if rights[0] == 'r' and b - a < 2**28 and 'vv' not in line and 'vsys' not in line:
        found += re.findall(b'topsecret-[0-9]{4}', ctypes.string_at(a, b - a))
x = found
"""
SCANS_STACK = """
fd = os.open('/proc/self/environ', os.O_RDONLY)
x = os.read(fd, 1 << 16)
"""
DEEP = """
for place in PLACES:
    try: os.chdir(place); os.mkdir('{mark}-deep')
    except OSError: continue
    os.chdir('{mark}-deep')
    for _ in range(3000):
        os.mkdir('d'); os.chdir('d')
"""

WALLS = {
    "fork_bomb": walls(
        "for _ in range(2000):", "    " + quietly("os.fork()").replace("\n", "\n    ")
    ),
    "fork_bomb_by_system_call": walls(
        LIBC, "for _ in range(200): libc.syscall(57); libc.syscall(435, 0, 0)"
    ),
    "daemon_that_outlives": walls(quietly(DAEMON)),
    "thread_that_goes_on": walls(
        quietly(
            "def forever():\n    while True: sum(range(1000))\n"
            "_thread.start_new_thread(forever, ())"
        ),
    ),
    "alarm_in_a_handler": walls(
        "signal.signal(signal.SIGALRM, lambda *a: time.sleep(60))",
        "signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)",
        "for _ in range(10**9): pass",
    ),
    "signals_to_the_parent": walls(
        quietly("os.kill(os.getppid(), 9)"),
        quietly("os.kill(os.getppid(), signal.SIGSTOP)"),
        quietly("os.killpg(0, 9)"),
        quietly("os.kill(-1, signal.SIGSTOP)"),
    ),
    "limits_of_the_parent": walls(
        quietly("resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))"),
        quietly("resource.prlimit(os.getppid(), resource.RLIMIT_AS, (1, 1))"),
        quietly("os.sched_setaffinity(os.getppid(), [0])"),
        quietly("os.setpriority(os.PRIO_USER, 0, 19)"),
    ),
    "reads_the_parent": walls(
        telling("x = open('/proc/' + str(os.getppid()) + '/environ', 'rb').read()")
    ),
    "traces_the_parent": walls(
        LIBC,
        "for p in range(1, 2000):",
        "    libc.ptrace(16, p, 0, 0); libc.ptrace(0x4206, p, 0, 0)",
    ),
    "own_environment": walls(telling(SCANS_STACK)),
    "environment_in_memory": walls(telling(SCAN)),
    "environment_on_the_stack": walls(
        telling(
            "libc = ctypes.CDLL(None)\n"
            "libc.getauxval.restype = ctypes.c_ulong\n"
            "libc.getauxval.argtypes = [ctypes.c_ulong]\n"
            "at = libc.getauxval(31) or libc.getauxval(25)\n"
            "x = re.findall(b'topsecret-[0-9]{4}', ctypes.string_at(at - 8192, 8192))"
        )
    ),
    "other_students_files": walls(
        telling(
            "x = [open(os.path.join(d, f)).read()[:60] for d, _, fs in"
            " os.walk('{submissions}') for f in fs if f == 'aaa.py']"
        )
    ),
    "other_students_by_name": walls(
        telling("x = os.stat('{submissions}/zzz.py').st_size, 'SIZE-' + 'SEEN'")
    ),
    "other_students_grades": walls(
        telling("x = open('{out}/results/aaa.json').read()")
    ),
    "changes_the_folder_of_tmp": walls(
        quietly(TAKE_OVER.replace("{target}", "{place}")),
        quietly("os.chmod('{place}', 0o700)"),
    ),
    "link_in_a_locked_folder": walls(
        quietly(
            "os.chdir(os.environ.get('HOME', '/'))\n"
            "os.mkdir('a'); os.symlink('{place}', 'a/b'); os.symlink('/tmp', 'a/c')\n"
            "os.chmod('a', 0)"
        )
    ),
    "locked_folder_in_a_locked_folder": walls(
        quietly(
            "os.chdir(os.environ.get('HOME', '/'))\n"
            "os.makedirs('a/b/c'); os.chmod('a/b/c', 0); os.chmod('a/b', 0)\n"
            "os.chmod('a', 0); os.chmod('.', 0)"
        )
    ),
    "folders_in_folders": walls(f"PLACES = {PLACES}", quietly(DEEP)),
    "files_by_the_thousand": walls(
        f"for place in {PLACES}:",
        "    for k in range(3000):",
        "        name = place + '/{mark}-' + str(k)",
        "        try: os.close(os.open(name, os.O_CREAT))",
        "        except OSError: break",
    ),
    "huge_files": walls(
        f"for place in {PLACES}:",
        "    "
        + quietly(
            "f = os.open(place + '/{mark}-huge', os.O_CREAT | os.O_WRONLY)\n"
            "os.ftruncate(f, 1 << 40)\n"
            "while True: os.write(f, bytes(1 << 20))"
        ).replace("\n", "\n    "),
    ),
    "pipes_sockets_and_devices": walls(
        f"for place in {PLACES}:",
        "    " + quietly("os.mkfifo(place + '/{mark}-fifo')").replace("\n", "\n    "),
        "    "
        + quietly("os.mknod(place + '/{mark}-dev', 0o20666, os.makedev(1, 1))").replace(
            "\n", "\n    "
        ),
        "    "
        + quietly("socket.socket(socket.AF_UNIX).bind(place + '/{mark}-sock')").replace(
            "\n", "\n    "
        ),
        "    "
        + quietly("os.link('{victim}', place + '/{mark}-link')").replace(
            "\n", "\n    "
        ),
        "    "
        + quietly("os.symlink('{victim}', place + '/{mark}-symlink')").replace(
            "\n", "\n    "
        ),
    ),
    "chmod_of_the_victim": walls(
        quietly("os.chmod('{victim}', 0)"),
        quietly("os.utime('{victim}', (1, 1))"),
        quietly("os.setxattr('{victim}', 'user.x', b'1')"),
        quietly("os.truncate('{victim}', 0)"),
        quietly("os.unlink('{victim}')"),
        quietly("os.rename('{victim}', '{victim}-{mark}')"),
        quietly("os.rename('{place}', '{place}-{mark}')"),
    ),
    "system_five_memory": walls(
        LIBC,
        "k = libc.shmget(0x7E57, 1 << 24, 0o1666)",
        "libc.shmat.restype = ctypes.c_void_p",
        "a = libc.shmat(k, None, 0)",
        quietly("ctypes.memset(a, 7, 1 << 24)"),
        "libc.semget(0x7E57, 1, 0o1666); libc.msgget(0x7E57, 0o1666)",
    ),
    "system_five_memory_by_the_gigabyte": walls(
        LIBC,
        "libc.shmat.restype = ctypes.c_void_p",
        "libc.shmdt.argtypes = [ctypes.c_void_p]",
        "n = 0",
        "for _ in range(40):",
        "    k = libc.shmget(0, 1 << 26, 0o1600)",
        "    a = libc.shmat(k, None, 0) if k >= 0 else None",
        "    if a and a != 2**64 - 1:",
        "        ctypes.memset(a, 7, 1 << 26); libc.shmdt(a); n += 1",
        "x = 'MORE-MEMORY' if n > 16 else 'none'",
        "raise ValueError(x)",
    ),
    "posix_memory": walls(
        quietly("os.close(os.open('/dev/shm/{mark}', os.O_CREAT | os.O_RDWR, 0o666))"),
        quietly("os.memfd_create('{mark}')"),
        LIBC,
        "libc.mq_open(b'/{mark}', 0o102, 0o666, None)",
        "libc.sem_open(b'/{mark}', 0o100, 0o666, 1)",
    ),
    "memory_behind_a_file": walls(
        telling(
            "fds = [os.memfd_create('m') for _ in range(24)]\n"
            "for f in fds:\n"
            "    try:\n        while True: os.write(f, bytes(1 << 20))\n"
            "    except OSError: pass\n"
            "n = sum(os.fstat(f).st_size for f in fds) >> 20\n"
            "x = 'MORE-MEMORY' if n > 300 else n"
        )
    ),
    "keys_of_the_kernel": walls(
        LIBC,
        "k = libc.syscall(248, b'user', b'{mark}', b'x', 1, -4)",
        "if k > 0: raise ValueError('KEPT-A-KEY')",
    ),
    "terminal_by_its_name": walls(
        "for t in ('/dev/tty', '{tty}', '/dev/console', '/dev/ptmx'):",
        "    "
        + quietly(
            "f = os.open(t, os.O_RDWR | os.O_NOCTTY)\nos.write(f, b'{mark}')"
        ).replace("\n", "\n    "),
    ),
    "terminal_that_types": walls(
        "import fcntl",
        "for t in ('/dev/tty', '{tty}'):",
        "    "
        + quietly(
            "f = os.open(t, os.O_RDWR)\n"
            "fcntl.ioctl(f, 0x540E, 0)\n"
            "for c in b'{mark}': fcntl.ioctl(f, 0x5412, bytes([c]))"
        ).replace("\n", "\n    "),
    ),
    "descriptors_that_were_inherited": walls(
        telling(
            "own = []\n"
            "for fd in range(0, 4096):\n"
            "    try: s = os.fstat(fd)\n"
            "    except OSError: continue\n"
            "    own.append(fd)\n"
            "x = 'INHERITED' if len(own) > 4 else own"
        )
    ),
    "files_of_the_system": walls(
        telling(
            "x = [open(p).read()[:9] for p in ('/etc/passwd', '/etc/hostname')]\n"
            "x = 'READ-' + 'ETC'"
        )
    ),
    "signals_by_other_ways": walls(
        LIBC,
        "parent = os.getppid()",
        "for fd in range(3, 32):",
        "    "
        + quietly(
            "fcntl.fcntl(fd, fcntl.F_SETOWN, parent)\n"
            "fcntl.fcntl(fd, 10, 9)\n"
            "fcntl.fcntl(fd, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)"
        ).replace("\n", "\n    "),
        "info = ctypes.create_string_buffer(128)",
        "libc.syscall(129, parent, 9, info); libc.syscall(234, parent, parent, 9)",
        "libc.syscall(200, parent, 9); libc.syscall(297, parent, parent, 9, info)",
    ),
    "network": walls(
        quietly(
            "s = socket.create_connection(('127.0.0.1', {port}), 1)\n"
            "s.sendall(b'{mark}')"
        ),
        quietly(
            "s = socket.socket(socket.AF_UNIX)\ns.connect('\\0{abstract}')\n"
            "s.sendall(b'{mark}')"
        ),
        quietly(
            "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
            "s.sendto(b'{mark}', ('127.0.0.1', {port}))"
        ),
    ),
    "listens": walls(
        telling("s = socket.create_server(('0.0.0.0', 0))\nx = 'LISTENS'")
    ),
    "huge_standard_output": walls(
        "for fd in (1, 2):",
        "    for _ in range(300): os.write(fd, b'{mark} ' * 100_000)",
    ),
    "exits_with_a_code": walls("os._exit(255)"),
    "exits_as_the_process_ends": walls(
        "atexit.register(lambda: open('{place}/{mark}-atexit', 'w').write('x'))",
        "sys.exit(3)",
    ),
    "kills_itself": walls("os.kill(os.getpid(), 9)"),
    "stops_itself": walls("os.kill(os.getpid(), signal.SIGSTOP)"),
    "closes_all_descriptors": walls("os.closerange(0, 4096)"),
    "stack_overflow": walls(
        "sys.setrecursionlimit(10**9)",
        "def deep(n): return [deep(n + 1)]",
        "deep(0)",
    ),
    "import_hook": walls(
        "class Hook:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        raise SystemExit\n"
        "sys.meta_path.insert(0, Hook()); sys.modules.pop('numpy.linalg', None)",
        "sys.modules['json'] = sys.modules['struct'] = None",
    ),
    "modules_exchanged": walls(
        "M = type(sys)",
        "for name in list(sys.modules):\n"
        "    if name.split('.')[0] not in ('sys', 'builtins', 'numpy'):\n"
        "        sys.modules[name] = M(name)",
        "np.ndarray = np.array = np.asarray = lambda *a, **k: None",
    ),
    "programs": walls(
        quietly("os.execv('/bin/sh', ['sh', '-c', 'echo > {place}/{mark}-exec'])"),
        quietly(
            "os.posix_spawn('/bin/sh', ['sh', '-c', 'echo > {place}/{mark}-s'], {})"
        ),
        quietly("os.system('echo > {place}/{mark}-system')"),
    ),
    "name_spaces_of_its_own": walls(
        LIBC,
        "r = libc.unshare(0x10000000 | 0x00020000)",
        "if r == 0: raise ValueError('OWN-SPACE')",
    ),
    "asks_the_kernel_in_other_ways": walls(
        LIBC,
        "p = ctypes.create_string_buffer(512)",
        "calls = [(323, 1), (425, 8, p), (434, os.getppid(), 0)]",
        "r = [libc.syscall(*c) for c in calls]",
        "if max(r) >= 0: raise ValueError('SYSTEM-' + f'CALL {r}')",
    ),
}


def pair(name: str) -> Case:
    """What two submissions do together: the first leaves, the second finds."""

    def build(folder: Path) -> None:
        leave, find = BETWEEN[name]
        for number, what in enumerate((quietly(leave), telling(find)), 1):
            path = folder / f"m_{name}_{number}.py"
            path.write_text(str(walls(LIBC, what).source))

    return Case("walls", build=build, free=True)


BETWEEN = {
    "between_memory": (
        "k = libc.shmget(0x51DE, 4096, 0o1666)\n"
        "libc.shmat.restype = ctypes.c_void_p\n"
        "ctypes.memmove(libc.shmat(k, None, 0), b'CARRIED-OVER', 12)",
        "k = libc.shmget(0x51DE, 4096, 0o666)\n"
        "libc.shmat.restype = ctypes.c_void_p\n"
        "x = ctypes.string_at(libc.shmat(k, None, 0), 12) if k >= 0 else 'none'",
    ),
    "between_files": (
        "for p in ('{place}', '/tmp', '/dev/shm', '/var/tmp'):\n"
        "    try: os.write(os.open(p + '/{mark}-b', 65, 0o666), b'CARRIED-OVER')\n"
        "    except OSError: pass",
        "x = [open(p + '/{mark}-b').read() for p in"
        " ('{place}', '/tmp', '/dev/shm', '/var/tmp')"
        " if os.path.exists(p + '/{mark}-b')]",
    ),
    "between_keys": (
        "libc.syscall(248, b'user', b'side', b'CARRIED-OVER', 12, -4)",
        "k = libc.syscall(249, b'user', b'side', None, 0)\n"
        "b = ctypes.create_string_buffer(20)\n"
        "libc.syscall(250, 11, k, b, 20, 0); x = b.value",
    ),
}
WALLS |= {name: pair(name) for name in BETWEEN}
WALLS["memory_map_of_a_file"] = Case(
    "walls",
    body(
        "m = np.memmap('{victim}', np.uint8, mode='r+')",
        "m[:] = 0",
        "return dy",
    ),
)
WALLS["numpy_writes"] = Case(
    "walls",
    body(
        "os = getattr(getattr(np.lib, '_npyio_impl', None) or np.lib.npyio, 'os')",
        "os.chmod('{victim}', 0)",
        "return dy",
    ),
)
assert HEAD
