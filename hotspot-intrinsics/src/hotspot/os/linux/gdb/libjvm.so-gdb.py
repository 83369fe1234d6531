# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
#
# This code is free software; you can redistribute it and/or modify it
# under the terms of the GNU General Public License version 2 only, as
# published by the Free Software Foundation.  The PerCpu project authors
# designate this particular file as subject to the "Classpath" exception
# as provided in the LICENSE file that accompanied this code.
#
# This code is distributed in the hope that it will be useful, but WITHOUT
# ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or
# FITNESS FOR A PARTICULAR PURPOSE.  See the GNU General Public License
# version 2 for more details (a copy is included in the LICENSE file that
# accompanied this code).
#
# You should have received a copy of the GNU General Public License version
# 2 along with this work; if not, write to the Free Software Foundation,
# Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301 USA.

# For gdb, which loads it with libjvm.so: knows the restartable sequences (rseq) of HotSpot's code.
#
#   info rseq              this thread's rseq area, and the section that it is in or has armed
#   info rseq all          all sections, most aborted first
#   rseq-x [COUNT]         x/i from $pc on, with the steps of sections marked
#   rseq-stepi [COUNT]     stepi, but a section counts as one instruction
#   rseq-step [COUNT]      step, likewise
#   set rseq-stepi on      plain stepi goes over a section before it steps
#
# The kernel sends a thread that is stopped in a section to its abort handler as soon as it goes on: by plain stepi no
# section comes to its end, and after some tries the operation is done without one. So a section is gone over by
# breakpoints where it ends, where it is left, and at its abort handler.
#
# All is read by the VM's own tables (vmStructs), so it needs no debug information, and info works in a core file.

import struct

import gdb

AREA_CPU_ID, AREA_RSEQ_CS, AREA_MM_CID = 4, 8, 24  # struct rseq of linux/rseq.h
LONGEST_INSTRUCTION = 16


def memory(address, size):
    return bytes(gdb.selected_inferior().read_memory(address, size))


def read(address, size):
    return int.from_bytes(memory(address, size), "little")


def read_int(address):
    return struct.unpack("<i", memory(address, 4))[0]


def text(address):
    return gdb.Value(address).cast(gdb.lookup_type("char").pointer()).string() if address else "?"


def variable(name):
    """The value of a word that libjvm exports."""
    return read(int(gdb.parse_and_eval("(unsigned long)&" + name)), 8)


def table(kind, *fields):
    """The entries of vmStructs' table of that kind, as addresses of those fields."""
    entry = variable("gHotSpotVM%ss" % kind)
    stride = variable("gHotSpotVM%sEntryArrayStride" % kind)
    offsets = [variable("gHotSpotVM%sEntry%sOffset" % (kind, field)) for field in fields]
    while read(entry + offsets[0], 8):
        yield [entry + offset for offset in offsets]
        entry += stride


class Tables:
    """What vmStructs says of the types that sections, and the names of methods, are made of."""
    TYPES = ("RseqDescriptors", "RseqChunk", "RseqDescriptor", "RseqSectionInfo",
             "Method", "ConstMethod", "ConstantPool", "Klass", "Symbol")

    def __init__(self):
        self.offsets, self.statics, self.sizes = {}, {}, {}
        for name, field, is_static, offset, address in table(
                "Struct", "TypeName", "FieldName", "IsStatic", "Offset", "Address"):
            name = text(read(name, 8))
            if name in self.TYPES:
                name += "::" + text(read(field, 8))
                if read(is_static, 4):
                    self.statics[name] = read(address, 8)
                else:
                    self.offsets[name] = read(offset, 8)
        for name, size in table("Type", "TypeName", "Size"):
            name = text(read(name, 8))
            if name in self.TYPES:
                self.sizes[name] = read(size, 8)
        if "RseqDescriptors::_chunks" not in self.statics:
            raise gdb.GdbError("this VM has no restartable sequences: it is not patched, or not for this platform")

    def field(self, base, name, size=8):
        return read(base + self.offsets[name], size)

    def int_field(self, base, name):
        return read_int(base + self.offsets[name])

    def static(self, name):
        return read(self.statics[name], 8)

    def symbol(self, address):
        length = self.field(address, "Symbol::_length", 2)
        return memory(address + self.offsets["Symbol::_body[0]"], length).decode("utf-8", "replace")

    def method_name(self, method):
        const = self.field(method, "Method::_constMethod")
        pool = self.field(const, "ConstMethod::_constants")
        holder = self.field(pool, "ConstantPool::_pool_holder")
        # The pool's entries are behind it.
        name = read(pool + self.sizes["ConstantPool"] + 8 * self.field(const, "ConstMethod::_name_index", 2), 8)
        return self.symbol(self.field(holder, "Klass::_name")).replace("/", ".") + "." + self.symbol(name)

    def struct(self, name, address):
        """All of it, in one read."""
        return Struct(self, name, address, memory(address, self.sizes[name]))

    def sections(self):
        """Of all code, the VM's stubs included."""
        size = self.sizes["RseqDescriptor"]
        chunk, nowhere = self.static("RseqDescriptors::_chunks"), self.static("RseqDescriptors::_nowhere")
        while chunk:
            first, count = self.field(chunk, "RseqChunk::_first"), self.int_field(chunk, "RseqChunk::_count")
            all_of_it = memory(first, count * size)
            for i in range(count):
                descriptor = Struct(self, "RseqDescriptor", first + i * size, all_of_it[i * size:(i + 1) * size])
                if descriptor["_start_ip"] not in (0, nowhere):
                    yield Section(descriptor)
            chunk = self.field(chunk, "RseqChunk::_next")


class Struct:
    """A copy of one of the VM's objects."""

    def __init__(self, tables, name, address, data):
        self.tables, self.name, self.address, self.data = tables, name, address, data

    def __getitem__(self, field):
        return struct.unpack_from("<Q", self.data, self.tables.offsets[self.name + "::" + field])[0]

    def int(self, field):
        return struct.unpack_from("<i", self.data, self.tables.offsets[self.name + "::" + field])[0]


def sections():
    """Now. Of the tables what does not change is read once for each process."""
    try:
        key = (gdb.selected_inferior().pid, int(gdb.parse_and_eval("(unsigned long)&gHotSpotVMStructs")))
    except gdb.error:
        raise gdb.GdbError("no HotSpot VM is loaded (gHotSpotVMStructs is not there)")
    if getattr(sections, "key", None) != key:
        sections.tables, sections.key = Tables(), key
    return list(sections.tables.sections())


class Section:
    """What a descriptor tells the kernel, and the VM knows besides."""

    def __init__(self, descriptor):
        self.tables, self.descriptor = descriptor.tables, descriptor.address
        self.start = descriptor["_start_ip"]
        self.end = self.start + descriptor["_post_commit_offset"]
        self.abort_ip = descriptor["_abort_ip"]
        self.handler = descriptor["_target"]
        self.info_address, self.read_info = descriptor["_info"], None

    @property
    def info(self):
        """Read when it is wanted: a step looks at many sections, and at the steps of few."""
        if self.read_info is None:
            self.read_info = self.tables.struct("RseqSectionInfo", self.info_address)
        return self.read_info

    @property
    def exits(self):
        """Where a thread can be that left the section without being aborted."""
        return {self.end} | {self.step(name) for name in ("slow", "done")} - {None}

    def step(self, name):
        """Where the section, or what belongs to it, does that; None if it does not."""
        offset = self.info.int("_%s_offset" % name)
        return self.start + offset - self.info.int("_start_offset") if offset >= 0 else None

    def has(self, pc):
        return self.start <= pc < self.end

    def is_armed_at(self, pc):
        """Whether the instruction there arms it, which is the one before the section."""
        return self.start - LONGEST_INSTRUCTION <= pc < self.start and self.step("arm") == pc

    @property
    def aborts(self):
        return self.count(0)

    def count(self, offset):
        """The sum of a count over its stripes, which are cache lines."""
        number = read_int(self.tables.statics["RseqSectionInfo::_stripe_count"])
        return sum(read(self.info["_stripes"] + 64 * i + offset, 8) for i in range(number))

    def __str__(self):
        line = text(self.info["_operation"])
        if self.info["_method"]:
            line += " in %s @ %d" % (self.tables.method_name(self.info["_method"]), self.info.int("_bci"))
        return line + " [0x%x, 0x%x), exits %s, abort handler 0x%x, %d aborts, %d times given up" % (
            self.start, self.end, " ".join("0x%x" % exit for exit in sorted(self.exits)), self.handler,
            self.aborts, self.count(8))


def area():
    """Where this thread's rseq area is, if the C library has registered it; or None."""
    try:
        offset = int(gdb.parse_and_eval("*(long *)&__rseq_offset"))
        if int(gdb.parse_and_eval("*(unsigned *)&__rseq_size")) == 0:
            return None
        for register in ("$fs_base", "$tpidr", "$tpidr_el0"):
            value = gdb.parse_and_eval(register)
            if value.type.code != gdb.TYPE_CODE_VOID:
                return (int(value) + offset) & (2 ** 64 - 1)
    except gdb.error:
        pass
    return None


def current(all_sections):
    """The section that this thread is in, and the section that the next instruction arms."""
    pc = gdb.newest_frame().pc()
    inside = next((s for s in all_sections if s.has(pc)), None)
    armed = next((s for s in all_sections if s.is_armed_at(pc)), None)
    return inside, armed


class InfoRseq(gdb.Command):
    """info rseq [all]: this thread's rseq area and section, or all sections, most aborted first."""

    def __init__(self):
        super().__init__("info rseq", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        found = sections()
        if argument == "all":
            for section in sorted(found, key=lambda s: -s.aborts):
                print(section)
            return
        if argument:
            raise gdb.GdbError("info rseq [all]")
        where = area()
        if where is None:
            print("this thread has no rseq area of the C library's: it is not registered, or by the VM")
        else:
            print("rseq area 0x%x: cpu_id %d, mm_cid %d" % (
                where, read_int(where + AREA_CPU_ID), read(where + AREA_MM_CID, 4)))
            armed = read(where + AREA_RSEQ_CS, 8)
            for section in found:
                if section.descriptor == armed:
                    print("armed: %s" % section)
            if armed == 0:
                print("no section is armed")
        inside, _ = current(found)
        if inside:
            print("pc is %d bytes into that section" % (gdb.newest_frame().pc() - inside.start))


class RseqX(gdb.Command):
    """rseq-x [COUNT]: disassembles from $pc on, like x/i, and marks the steps of sections."""

    def __init__(self):
        super().__init__("rseq-x", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        marks = {}
        for section in sections():
            marks.update({address: "exit" for address in section.exits})
            marks.update({section.step("arm"): "arm", section.start: "start", section.step("commit"): "commit",
                          section.end: "post_commit", section.handler: "abort handler"})
        frame = gdb.selected_frame()
        code = frame.architecture().disassemble(frame.pc(), count=int(gdb.parse_and_eval(argument)) if argument else 10)
        for i, instruction in enumerate(code):
            address = instruction["addr"]
            print("%s 0x%x  %-14s %s" % ("=>" if i == 0 else "  ", address, marks.get(address, ""), instruction["asm"]))


def breakpoints_at(pc):
    """Those that are on. gdb steps off them, and a step over the arm aborts the section."""
    return [b for b in gdb.breakpoints()
            if b.enabled and any(l.enabled and l.address == pc for l in getattr(b, "locations", []))]


def go_over(section):
    """Lets this thread run from before or in the section to an exit of it, or to its abort handler."""
    thread = gdb.selected_thread()
    ends = section.exits | {section.handler}
    points = [gdb.Breakpoint("*0x%x" % address, internal=True) for address in ends]
    for point in points:
        point.thread = thread.global_num
        point.silent = True
    here = breakpoints_at(gdb.newest_frame().pc())
    for breakpoint in here:
        breakpoint.enabled = False
    try:
        output = gdb.execute("continue", to_string=True)
    finally:
        for point in points:
            point.delete()
        for breakpoint in here:
            breakpoint.enabled = True
    if gdb.selected_thread() != thread or gdb.newest_frame().pc() not in ends:
        # Another thread stopped, or a signal came.
        print(output, end="")
        raise gdb.GdbError("stopped before the section was gone over")


class RseqStep(gdb.Command):
    """Like stepi or step, but a restartable sequence counts as one instruction."""

    def __init__(self, name, plain):
        super().__init__(name, gdb.COMMAND_RUNNING)
        self.plain = plain

    def invoke(self, argument, from_tty):
        for _ in range(int(gdb.parse_and_eval(argument)) if argument else 1):
            inside, armed = current(sections())
            if inside or armed:
                go_over(inside or armed)
            else:
                gdb.execute(self.plain, to_string=True)
        gdb.execute("x/i $pc")


class PlainStepi(gdb.Parameter):
    """If on, plain stepi goes over a section before it steps."""
    set_doc = "Set whether plain stepi goes over a restartable sequence before it steps."
    show_doc = "Show whether plain stepi goes over a restartable sequence before it steps."

    def __init__(self):
        super().__init__("rseq-stepi", gdb.COMMAND_RUNNING, gdb.PARAM_BOOLEAN)
        self.value = False

    def before_stepi(self):
        if self.value:
            inside, armed = current(sections())
            if inside or armed:
                go_over(inside or armed)


InfoRseq()
RseqX()
RseqStep("rseq-stepi", "stepi")
RseqStep("rseq-step", "step")
rseq_plain_stepi = PlainStepi()
gdb.execute("define hook-stepi\npython rseq_plain_stepi.before_stepi()\nend")
