"""Native code from LLVM's language: the processor found, the text compiled, the function called."""

from __future__ import annotations

import ctypes
import functools
import itertools
import platform
import threading
from typing import Any, final

from clearprop.engines.compiled.ir import Target

__all__ = ["Native", "host_target", "load"]

_RUN = ctypes.CFUNCTYPE(
    ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64
)
_numbers = itertools.count()
_compiling = threading.RLock()


@final
class Native:
    """
    A function in native code, which lasts as long as this object does.

    Called, it is ``run(table, first, last, thread)``: a pointer and three 64-bit integers in, one
    out. Other threads of Python go on meanwhile.

    Attributes
    ----------
    address : int
        Where the function begins.
    """

    __slots__ = ("_code", "_run", "address")

    def __init__(self, address: int, code: object) -> None:
        self.address = address
        self._code = code
        self._run = _RUN(address)

    def __call__(self, table: int, first: int, last: int, thread: int = 0) -> int:
        """Run it; other threads of Python go on meanwhile."""
        return self._run(table, first, last, thread)


@functools.cache
def _llvm() -> Any:
    """Import llvmlite and make it ready, once."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    llvm.initialize_native_asmparser()
    return llvm


@functools.cache
def _host() -> tuple[str, str, str, int]:
    """Give triple, processor, features and the bytes of a vector register of this machine."""
    llvm = _llvm()
    found = llvm.get_host_cpu_features()
    features = found.flatten()
    size = 16
    if platform.machine().lower() in ("x86_64", "amd64"):
        size = 64 if found.get("avx512f") else 32 if found.get("avx2") else 16
    return llvm.get_process_triple(), llvm.get_host_cpu_name(), features, size


def host_target(threads: int = 1, *, guarded: bool = False) -> Target:
    """Tell what to compile for on this machine."""
    triple, cpu, features, size = _host()
    return Target(triple, cpu, features, size, threads, guarded)


def compiled(text: str, target: Target) -> bytes:
    """Compile a module to object code."""
    llvm = _llvm()
    with _compiling:
        machine = llvm.Target.from_triple(target.triple).create_target_machine(
            cpu=target.cpu, features=target.features, opt=2, reloc="pic", codemodel="small"
        )
        module = llvm.parse_assembly(text)
        module.verify()
        options = llvm.create_pipeline_tuning_options(speed_level=2)
        options.loop_vectorization = False
        options.slp_vectorization = False
        builder = llvm.create_pass_builder(machine, options)
        builder.getModulePassManager().run(module, builder)
        return machine.emit_object(module)


@functools.cache
def _linker() -> Any:
    llvm = _llvm()
    return llvm.create_lljit_compiler()


def load(text: str, target: Target, name: str = "run") -> Native:
    """Compile a module, and give one of its functions."""
    llvm = _llvm()
    code = compiled(text, target)
    with _compiling:
        linked = (
            llvm.JITLibraryBuilder()
            .add_object_img(code)
            .add_current_process()
            .export_symbol(name)
            .link(_linker(), f"program{next(_numbers)}")
        )
    return Native(linked[name], linked)
