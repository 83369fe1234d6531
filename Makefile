# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# The only entry point. What each target does is in the script that it calls.
#
# Variables, given on the command line (make jdk DEBUG_LEVEL=fastdebug) or in the environment:
#   JDK             25 (default) or 27: which OpenJDK; each has its own series, build folder and results: 25 has build/ and
#                   results/, 27 has build/27, results/27 and results/asm/27. In the environment a path is none of these
#                   numbers: our scripts call the home of an image so
#   DEBUG_LEVEL     release or fastdebug; each has its own build, image and test results
#   TARGET          aarch64: build the JDK for that CPU on another machine (deps, jdk), or list its code (asm), or see its
#                   order (test-litmus)
#   KERNEL, ARCH    for make test-kernel: 5.10, 6.1, 6.12 or 7.2, and x86_64 or aarch64
#   TESTS           for make test: tests or groups of jtreg-tests, for make test-kernel names of tests, as a run prints
#                   them (default tier1, and all)
#   IMAGES=1        for make deps: what builds images, too
#   BASE            the Debian image that images are built on; without it make image-base makes one
#   DISTFILES       a folder to look for the JDK source tarball in, before all other places
#   JDK_SRC         your own checkout of the JDK source; it is copied and never changed
#   CACHE           finished images, downloads, boot JDK, jtreg; outlives this checkout
#   JOBS            how many compilers at a time; without it the JDK's configure decides
#   CONFIGURE_ARGS  more arguments for the JDK's configure
#   BOOT_JDK        an unpatched JDK of the same number, to build with     JTREG   the home of a jtreg 8; both found without this
#   RECORD=1        for all tests and measurements, and asm: keep what came out in results/ and render the pages that
#                   show it; without it everything goes to results in the build folder and the checkout stays as it was
#   NAME            for make bench and report: the folder that the run is kept in (default report)
#   BESIDE          for the same: the run to compare it with (default report of results/, if the run is another)
#   QUICK=1         for make bench, bench-structures, -ecosystem, -adapters and -programs: a look only, kept in build/bench
#   UNPATCHED       for bench-ecosystem, -adapters, -programs, test-upstream and test-tier1: the JDK to compare with (default BOOT_JDK);
#                   build is one that is made here of the same source by the same compiler, as make jdk SERIES=none does
#   SERIES=none     for make source, jdk and clean: OpenJDK without our patches and new files, in unpatched in the build folder
#   SLICE           for test-tier1 and test-upstream: minutes; no part is begun that would end later, and the next run goes
#                   on there (default 60 for test-tier1)
#   JDK_17          for make adapters: the home of a JDK 17, if /usr/lib/jvm has none
#   NETTY_SRC       for make adapters: a checkout of Netty, whose tests of buffers and allocators are run, too
#   DIR             for make demo: the folder to count, instead of the JDK source

JDK            ?= 25
DEBUG_LEVEL    ?= release
TARGET         ?=
KERNEL         ?= 6.12
ARCH           ?= aarch64
TESTS          ?=
IMAGES         ?=
BASE           ?=
DISTFILES      ?=
JDK_SRC        ?=
CACHE          ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/percpu-jdk
JOBS           ?=
CONFIGURE_ARGS ?=
DIR            ?=
SERIES         ?=
SLICE          ?=

# JDK itself is not for the scripts: make would hand it on as the home of an image.
unexport JDK
ifneq (,$(and $(findstring environment,$(origin JDK)),$(findstring /,$(JDK))))
override JDK := 25
endif
override export OF_JDK := $(JDK)
export DEBUG_LEVEL TARGET IMAGES BASE DISTFILES JDK_SRC CACHE JOBS CONFIGURE_ARGS SERIES SLICE

ifneq (,$(and $(SERIES),$(filter-out help deps source jdk clean,$(MAKECMDGOALS))))
$(error SERIES=$(SERIES) is for make source, jdk and clean only: leave it out)
endif

SHELL    := bash
WITH_JDK := jdk-build/with-jdk.sh

.PHONY: help deps source jdk dist docs demo examples adapters test test-cached test-stress test-hotplug test-litmus test-source test-patches test-pages test-upstream test-tier1 upstream check-upstream build-upstream test-commits image-base image-build image-jdk test-kernel test-kernel-smoke test-kernels asm bench report bench-structures bench-ecosystem bench-adapters bench-programs bench-vm export clean check-dir unpatched
.NOTPARALLEL:

help:           ## this list
	@sed -n 's/^\([a-z0-9-]*\): .*## /  make \1\t/p' Makefile | expand -t 25
	@echo "Variables: JDK DEBUG_LEVEL TARGET KERNEL ARCH TESTS IMAGES BASE DISTFILES JDK_SRC CACHE JOBS CONFIGURE_ARGS BOOT_JDK JTREG RECORD NAME BESIDE QUICK UNPATCHED SERIES SLICE DIR (see the top of Makefile)"

deps:           ## find, or as root install, all that the rest needs
	@jdk-build/deps.sh

source:         ## unpack and patch the JDK source into build/source (JDK=27: build/27/source, and so on)
	@jdk-build/source.sh

jdk: deps       ## build the JDK, or take it from the cache; prints where bin/java is
	@jdk-build/build.sh

# A JDK to compare with, if UNPATCHED=build asks for it.
unpatched:
	@$(if $(filter build,$(UNPATCHED)),SERIES=none jdk-build/build.sh)

check-dir:
	@[ -z "$(DIR)" ] || [ -d "$(DIR)" ] || { echo "error: DIR=$(DIR) is not a folder" >&2; exit 1; }

dist: jdk       ## the JDK as build/dist/jdk-VERSION-*.tar.gz, with its .sha256
	@jdk-build/dist.sh

demo: check-dir jdk  ## count the words of the JDK source with PerCpuCounter and its rivals (DIR=folder: of that)
	@$(if $(DIR),,jdk-build/source.sh)
	@$(WITH_JDK) bash -c '"$$JDK/bin/java" --add-modules jdk.incubator.percpu examples/SourceCensus.java \
	  "$${1:-$${SOURCE#"$$PWD/"}}"' demo "$(DIR)"

examples: jdk   ## run each program of examples/ but the demo's
	@$(WITH_JDK) bash -c 'for program in examples/*.java; do [ "$$program" = examples/SourceCensus.java ] || { \
	  printf "%s\n" "$$program"; "$$JDK/bin/java" --add-modules jdk.incubator.percpu "$$program"; } || exit 1; done'

docs: jdk source  ## the API's javadoc in build/docs/api; fails at each warning of doclint
	@$(WITH_JDK) jdk-build/docs.sh

adapters: jdk   ## jars that have libraries count and pool per CPU, tested on this JDK and on stock ones; needs Maven Central once
	@$(WITH_JDK) adapters/run.sh

test: jdk source         ## the regression tests, group tier1, or TESTS=
	@$(WITH_JDK) jtreg-tests/run.sh $(or $(TESTS),tier1)

test-cached:    ## the same, if the image is in the cache and a JDK to compare with is here; else skipped
	@jdk-build/test-cached.sh

test-stress: jdk source  ## the long tests, group stress
	@$(WITH_JDK) jtreg-tests/run.sh stress

test-hotplug: jdk source ## take CPUs offline and back while everything runs; wants root and an idle machine
	@$(WITH_JDK) jtreg-tests/run.sh hotplug

test-litmus: jdk ## what threads see of each other's adders, with jcstress from Maven Central; 3 minutes (TARGET=aarch64: in a guest)
	@$(if $(TARGET),KERNEL='$(KERNEL)' jtreg-tests/litmus/guest.sh,$(WITH_JDK) jtreg-tests/litmus/run.sh)

test-source:    ## look for the source as on a fresh machine; skipped if no place that is reached has it
	@jdk-build/test-source.sh

test-patches: source     ## series + new files == tree; every way that make source can fail
	@jdk-build/test-patches.sh

test-pages: jdk  ## each link of a page leads somewhere; numbers of docs/jep.md are on the pages of results that it names
	@$(WITH_JDK) bash -c '"$$JDK/bin/java" jtreg-tests/pages/Pages.java .'

test-upstream: jdk unpatched source  ## OpenJDK's own tests around what we changed, patched against unpatched
	@$(WITH_JDK) jtreg-tests/upstream.sh upstream

test-tier1: jdk unpatched source  ## the same for all of OpenJDK's tier1, 60 minutes of it (SLICE=); the next run goes on
	@$(WITH_JDK) jtreg-tests/upstream.sh tier1

upstream: source  ## all as commits that could be reviewed, tests where the JDK keeps them: branch percpu in build/upstream-branch
	@jdk-build/upstream-branch.sh

check-upstream: upstream  ## the form of these commits, as jcheck and the JDK's own checks of sources test it
	@jdk-build/check-upstream.sh

build-upstream: upstream  ## each of these commits builds, HotSpot only; 20 minutes for the first; goes on after what was built
	@jdk-build/build-upstream.sh

test-commits: upstream  ## each of these commits passes the tests that it brings, on a JDK built of it; hours; goes on as that
	@jdk-build/build-upstream.sh --tests

image-base:     ## a Debian to build images on, where no registry can be reached; needs make deps IMAGES=1
	@container/base.sh

image-build:    ## an image that can build the JDK from a checkout
	@container/build/image.sh

image-jdk: jdk  ## a small image with the JDK and a demo, under 150 MB
	@container/jdk/image.sh

# The guest's classes are compiled by this machine's JDK.
test-kernel:    ## boot one kernel on one CPU, emulated, and run the tests there (KERNEL= ARCH=); about 10 minutes
	@TARGET=$(ARCH) IMAGES=1 jdk-build/deps.sh
	@jdk-build/build.sh
	@TARGET=$(ARCH) jdk-build/build.sh
	@jdk-build/source.sh
	@container/kernel/test.sh $(KERNEL) $(ARCH) $(TESTS)

test-kernel-smoke: ## a few of those tests on Linux 6.12 and aarch64; skipped if there is no aarch64 JDK in the cache
	@container/kernel/smoke.sh

test-kernels:   ## all eight: four kernels on two CPUs, one after the other
	@failed=; for kernel in 5.10 6.1 6.12 7.2; do for arch in x86_64 aarch64; do \
	  $(MAKE) --no-print-directory test-kernel JDK=$(JDK) KERNEL=$$kernel ARCH=$$arch || failed="$$failed $$kernel-$$arch"; \
	done; done; [ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }

asm: jdk source ## print the emitted code of all operations, and how it differs from what is kept (TARGET=aarch64: from a guest)
	@jtreg-tests/asm.sh

bench: jdk      ## JMH: all questions, all peers, 75 minutes on an idle machine, then report (QUICK=1: 8 min)
	@$(WITH_JDK) jtreg-tests/micro/run.sh report

report: jdk     ## render the last run again, without measuring (NAME= BESIDE=)
	@$(WITH_JDK) jtreg-tests/micro/run.sh report render

bench-structures: jdk  ## JMH: stacks, rings, pools, histograms against JCTools, Agrona and others, 55 minutes, as bench (QUICK=1: 5 min)
	@$(WITH_JDK) jtreg-tests/micro/run.sh structures

bench-ecosystem: jdk unpatched  ## JMH: what unchanged libraries gain, against an unpatched JDK, 50 minutes, as bench (QUICK=1: 6 min)
	@$(WITH_JDK) jtreg-tests/micro/run.sh ecosystem

bench-adapters: jdk unpatched  ## JMH: adapters against the libraries' own, platform and virtual threads, memory, 60 minutes, as bench (QUICK=1: 8 min)
	@$(WITH_JDK) jtreg-tests/micro/run.sh adapters

bench-programs: jdk unpatched  ## JMH: what programs pay that use none of this, against an unpatched JDK, 55 minutes, as bench (QUICK=1: 6 min)
	@$(WITH_JDK) jtreg-tests/micro/run.sh programs

bench-vm: jdk unpatched  ## the part of it without programs: start, memory, threads, compilation, 20 minutes, kept in build/bench (QUICK=1: 2)
	@$(WITH_JDK) env ONLY='^(Startup|ThreadStart|VmCosts)' jtreg-tests/micro/run.sh programs

export:         ## rewrite jdk-patch/25/*.patch and series (JDK=27: jdk-patch/27) from the commits of build/source
	@jdk-build/export.sh

clean:          ## remove what is in build/ of this JDK, work in build/source that is not exported included; the cache stays
	@jdk-build/clean.sh
