"""Native code from LLVM's language: the processor found, the text compiled, the function called."""

from __future__ import annotations

import ctypes
import functools
import itertools
import json
import os
import platform
import sys
import threading
from pathlib import Path
from typing import Any, final

from clearprop.engines.compiled.machine.blas import blas
from clearprop.engines.compiled.machine.cache import cache, key_of
from clearprop.engines.compiled.machine.image import Image, Mapped, linked
from clearprop.engines.compiled.machine.ir import Target
from clearprop.engines.compiled.program import NotCompilable
from clearprop.lang import told

__all__ = ["Native", "available", "compiled", "host_target", "kept", "load", "text_key", "version"]

_RUN = ctypes.CFUNCTYPE(
    ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64
)
_numbers = itertools.count()

# LLVM is used by one thread at a time; a process is copied only while none uses it.
_compiling = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_compiling.acquire,
        after_in_parent=_compiling.release,
        after_in_child=_compiling.release,
    )


@final
class Native:
    """
    A function in native code, which lasts as long as this object does.

    Parameters
    ----------
    address : int
        Where it begins.
    code : object
        What it lies in, which is kept as long.
    """

    __slots__ = ("_code", "_run", "address")

    def __init__(self, address: int, code: object) -> None:
        self.address = address
        self._code = code
        self._run = _RUN(address)

    def __call__(self, table: int, first: int, last: int, thread: int = 0) -> int:
        """
        Run it; other threads of Python go on meanwhile.

        Parameters
        ----------
        table : int
            The address of what it works with.
        first, last : int
            Which steps: from the first to before the last.
        thread : int
            Which of the target's threads this is.

        Returns
        -------
        int
            What the function returns.
        """
        returned: int = self._run(table, first, last, thread)
        return returned


def available() -> bool:
    """Tell whether there is a compiler: whether llvmlite is installed, 0.45 or later."""
    return _version() != ""


def host_target(threads: int = 1, *, guarded: bool = False) -> Target:
    """
    Tell what to compile for on this machine.

    Parameters
    ----------
    threads : int
    guarded : bool
        Whether zones around every array are to show writes out of bounds.

    Returns
    -------
    Target

    Raises
    ------
    NotCompilable
        If llvmlite is not installed.
    """
    return Target(*_host(), threads, guarded)


def compiled(text: str, target: Target) -> bytes:
    """
    Compile a module to object code.

    Parameters
    ----------
    text : str
        In LLVM's language.
    target : Target

    Returns
    -------
    bytes
        In the format of the target's system.

    Raises
    ------
    NotCompilable
        If llvmlite is not installed.
    """
    llvm = _llvm()
    with _compiling:
        return _compiled(llvm, text, target)


def _compiled(llvm: Any, text: str, target: Target) -> bytes:
    """Compile; what that needed is gone when this returns, while nobody else uses LLVM."""
    machine = llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu, features=target.features, opt=2, reloc="pic", codemodel="small"
    )
    module = llvm.parse_assembly(text)
    _optimise(llvm, machine, module)
    return bytes(machine.emit_object(module))


def _optimise(llvm: Any, machine: Any, module: Any) -> None:
    """
    Make good code of what was written.

    LLVM's pipeline for functions does what counts; that for modules takes twice as long, and what
    it makes is no faster: kernels are written with the vectors and loops that they are to have.
    """
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = False
    options.slp_vectorization = False
    builder = llvm.create_pass_builder(machine, options)
    inlining = llvm.create_new_module_pass_manager()
    inlining.add_always_inliner_pass()
    inlining.add_global_dead_code_eliminate_pass()
    inlining.run(module, builder)
    simplifying = builder.getFunctionPassManager()
    for function in module.functions:
        if not function.is_declaration:
            simplifying.run(function, builder)


def load(text: str, target: Target, name: str = "run") -> Native:
    """
    Compile a module, or take what was compiled from it before, and give one of its functions.

    Parameters
    ----------
    text : str
        In LLVM's language.
    target : Target
    name : str
        A function ``i64 (ptr, i64, i64, i64)``.

    Returns
    -------
    Native

    Raises
    ------
    NotCompilable
        If llvmlite is not installed, or the system runs no code that was just made.
    """
    key = text_key(text, target, name)
    before = kept(key, name)
    if before is not None:
        return before
    code = compiled(text, target)
    image = linked(code, name) if sys.platform == "linux" else None
    content = b"o" + code if image is None else b"i" + image.packed()
    store = cache()
    if store is not None:
        store.keep(key, content)
    try:
        return _ready(content, name)
    except (OSError, RuntimeError) as error:
        raise NotCompilable(told("compiling.refused", error=error)) from error


def text_key(text: str, target: Target, name: str = "run") -> str:
    """Give what the code of a module is kept under."""
    ours: str = sys.modules["clearprop"].__version__
    return key_of("code", text, *map(str, target), name, _version(), ours)


def kept(key: str, name: str = "run") -> Native | None:
    """Give code that was kept under a key; None if there is none that can be run."""
    store = cache()
    content = None if store is None else store.find(key)
    if content is None:
        return None
    try:
        return _ready(content, name)
    except (OSError, RuntimeError, NotCompilable):
        return None


def _ready(content: bytes, name: str) -> Native:
    """Put code into memory; raises OSError or RuntimeError if that cannot be."""
    if content[:1] != b"i":
        return _linked_by_llvm(content[1:], name)
    mapped = Mapped(Image.unpacked(content[1:]), address_of)
    return Native(mapped.address, mapped)


def address_of(name: str) -> int:
    """
    Tell where a function is that native code calls.

    Parameters
    ----------
    name : str
        ``clearprop_sgemm``, ``clearprop_dgemm``, or a function of the C library.

    Returns
    -------
    int

    Raises
    ------
    OSError
        If there is none of that name.
    """
    if name in ("clearprop_sgemm", "clearprop_dgemm"):
        library = blas()
        if library is None:
            raise OSError("the library with matrix products is no longer there")
        return library.sgemm if name == "clearprop_sgemm" else library.dgemm
    for path in (None, "libm.so.6"):
        try:
            function = getattr(ctypes.CDLL(path), name)
        except (AttributeError, OSError, TypeError):
            continue
        return ctypes.cast(function, ctypes.c_void_p).value or 0
    raise OSError(f"no function {name}")


def _linked_by_llvm(code: bytes, name: str) -> Native:
    """Have LLVM link object code into this process."""
    llvm = _llvm()
    with _compiling:
        builder = llvm.JITLibraryBuilder().add_object_img(code).add_current_process()
        for product in ("clearprop_sgemm", "clearprop_dgemm"):
            if product.encode() in code:
                builder.import_symbol(product, address_of(product))
        made = builder.export_symbol(name).link(_linker(), f"program{next(_numbers)}")
    return Native(made[name], made)


@functools.cache
def _linker() -> Any:
    return _llvm().create_lljit_compiler()


@functools.cache
def _llvm() -> Any:
    """Import llvmlite, which takes 20 ms, and make it ready."""
    if not available():
        raise NotCompilable(told("compiling.not_installed"))
    with _compiling:
        try:
            import llvmlite.binding as llvm
        except (ImportError, OSError) as error:  # such as one for another system
            raise NotCompilable(told("compiling.no_llvm", error=error)) from error
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        llvm.initialize_native_asmparser()
    return llvm


def version() -> str:
    """Give the version of the compiler; "" if there is none."""
    return _version()


@functools.cache
def _version() -> str:
    """Give the version of the compiler, without loading all of it; "" if there is none of use."""
    try:
        import llvmlite
    except ImportError:
        return ""
    version = str(llvmlite.__version__)
    numbers = [int(part) for part in version.split(".")[:2] if part.isdecimal()]
    return version if numbers >= [0, 45] else ""  # before, pointers had types


@functools.cache
def _host() -> tuple[str, str, str, int]:
    """Give triple, processor, features and the bytes of a vector register of this machine."""
    store, described = cache(), _described()
    key = key_of("host", described, _version())
    if store is not None and described and (known := store.find(key)) is not None:
        triple, cpu, features, size = json.loads(known)
        return triple, cpu, features, size
    llvm = _llvm()
    found = llvm.get_host_cpu_features()
    size = 16
    if platform.machine().lower() in ("x86_64", "amd64"):
        size = 64 if found.get("avx512f") else 32 if found.get("avx2") else 16
    host = llvm.get_process_triple(), llvm.get_host_cpu_name(), found.flatten(), size
    if store is not None and described:
        store.keep(key, json.dumps(host).encode())
    return host


def _described() -> str:
    """Give what the system says of its processor, but for how fast it runs now; "" if nothing."""
    try:
        with Path("/proc/cpuinfo").open("rb") as file:
            first = file.read(1 << 14).split(b"\n\n")[0].decode("ascii", "replace")
    except OSError:
        return ""
    changing = ("processor", "cpu MHz", "apicid", "initial apicid", "core id", "bogomips")
    lines = [line for line in first.splitlines() if not line.startswith(changing)]
    return "\n".join([platform.machine(), *lines])
