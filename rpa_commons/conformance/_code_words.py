"""The words in Python code that a reviewer should look at, and what they stand for.

Usage::

    MODULES["socket"]  # "network"
"""

from collections.abc import Mapping
from types import MappingProxyType

from ._report import ObservationKind

__all__ = ["ATTRIBUTES", "CALLS", "METHODS", "MODULES", "RENAMABLE", "WORDS", "WORDS_OF_SYSTEM"]

_BY_KIND: Mapping[ObservationKind, str] = MappingProxyType(
    {
        "network": """
            socket ssl http urllib urllib3 requests httpx aiohttp ftplib smtplib imaplib poplib nntplib
            telnetlib xmlrpc socketserver websocket websockets paramiko pysftp fabric zeep suds grpc
            pika kombu ldap3 ldap exchangelib msal boto3 botocore azure google psycopg psycopg2 pymysql
            pyodbc oracledb pymongo redis kafka stomp tornado twisted pycurl dns webbrowser wsgiref
        """,
        "subprocess": "subprocess multiprocessing pty pexpect plumbum sh invoke",
        "dynamic-import": """
            importlib imp runpy zipimport pkgutil pickle cPickle dill cloudpickle marshal shelve code
            codeop joblib builtins
        """,
        "screen-control": """
            pyautogui pywinauto uiautomation pynput keyboard mouse pyscreeze pygetwindow pytweening
            win32com win32gui win32api win32con win32clipboard comtypes autoit pyautoit selenium
            playwright pyppeteer splinter helium mss cv2 pytesseract RPA robocorp robot rpaframework
            tkinter appium
        """,
        "native-code": "ctypes cffi _ctypes cppyy numba llvmlite",
        "file-write": "shutil tempfile sqlite3 dbm winreg mmap",
    }
)
_OS = "posix nt"

MODULES: Mapping[str, ObservationKind] = MappingProxyType(
    {word: kind for kind, words in _BY_KIND.items() for word in words.split()}
)
"""Module or package -> what importing it is for."""

_OF_OS: Mapping[ObservationKind, str] = MappingProxyType(
    {
        "subprocess": """
            system popen fork forkpty startfile posix_spawn posix_spawnp execl execle execlp execv
            execve execvp execvpe spawnl spawnle spawnlp spawnv spawnve spawnvp kill killpg
        """,
        "file-write": """
            remove unlink rename renames replace rmdir removedirs mkdir makedirs symlink link truncate
            chmod chown mkfifo
        """,
        "environment": "environ environb getenv getenvb putenv unsetenv",
    }
)
ATTRIBUTES: Mapping[str, ObservationKind] = MappingProxyType(
    {
        **{
            f"{module}.{word}": kind
            for kind, words in _OF_OS.items()
            for word in words.split()
            for module in ("os", *_OS.split())
        },
        "os.*": "subprocess",
        "asyncio.create_subprocess_exec": "subprocess",
        "asyncio.create_subprocess_shell": "subprocess",
        "asyncio.open_connection": "network",
        "asyncio.start_server": "network",
        "sys.modules": "dynamic-import",
        "sys.meta_path": "dynamic-import",
        "sys.path": "dynamic-import",
        "sys.settrace": "dynamic-import",
        "sys._getframe": "dynamic-import",
        "builtins.eval": "dynamic-import",
        "builtins.exec": "dynamic-import",
        "builtins.compile": "dynamic-import",
        "builtins.__import__": "dynamic-import",
        "types.CodeType": "dynamic-import",
        "types.FunctionType": "dynamic-import",
        "yaml.load": "dynamic-import",
        "yaml.unsafe_load": "dynamic-import",
    }
)
"""``module.name`` -> what it is for."""

CALLS: Mapping[str, ObservationKind] = MappingProxyType(
    dict.fromkeys(
        ("eval", "exec", "compile", "__import__", "globals", "locals", "vars", "breakpoint"), "dynamic-import"
    )
)
"""Built-in functions -> what calling them is for."""

METHODS: Mapping[str, ObservationKind] = MappingProxyType(
    {
        **dict.fromkeys(
            ("write_text", "write_bytes", "rmtree", "copyfile", "copytree", "symlink_to", "hardlink_to"),
            "file-write",
        ),
        **dict.fromkeys(
            ("__subclasses__", "__globals__", "__getattribute__", "import_module", "exec_module"),
            "dynamic-import",
        ),
        **dict.fromkeys(("urlopen", "urlretrieve", "create_connection", "getaddrinfo"), "network"),
        "extractall": "file-write",
    }
)
"""Methods, of whatever object -> what calling them is for."""

RENAMABLE = frozenset(word.partition(".")[0] for word in ATTRIBUTES)
"""Modules of which single names matter; under another name these would not be seen."""

WORDS = frozenset({*CALLS, *METHODS, "open", "__builtins__", "__loader__"})
"""Names that matter wherever they stand; ``getattr`` alone shows nothing."""

WORDS_OF_SYSTEM = WORDS | RENAMABLE | {word.partition(".")[2] for word in ATTRIBUTES}
"""Names that matter in a module that imports one of the renamable ones."""
