/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.
 *
 * This code is distributed in the hope that it will be useful, but WITHOUT
 * ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or
 * FITNESS FOR A PARTICULAR PURPOSE.  See the GNU General Public License
 * version 2 for more details (a copy is included in the LICENSE file that
 * accompanied this code).
 *
 * You should have received a copy of the GNU General Public License version
 * 2 along with this work; if not, write to the Free Software Foundation,
 * Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301 USA.
 */

package percpu.micro;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many requests does a whole service answer, and what does each cost it? The service is {@link ItemServer}, a process
 * of its own on the same JDK; the threads here are its clients, each with a connection that it keeps.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 5, jvmArgsAppend = {"-Xms256m", "-Xmx256m"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Service {
    /** The one that runs. */
    static volatile Process process;

    @State(Scope.Benchmark)
    public static class Server {
        int port;

        @Setup
        public void start() throws IOException {
            process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms256m", "-Xmx256m",
                    // Else an answer waits for the other side's acknowledgement.
                    "-Dsun.net.httpserver.nodelay=true",
                    "-cp", System.getProperty("java.class.path"), ItemServer.class.getName())
                    .redirectError(Redirect.INHERIT).start();
            // Not in a method for TearDown: the profiler is asked after it.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            BufferedReader out = process.inputReader();
            String line = out.readLine();
            if (line == null) {
                throw new IOException("the service did not start");
            }
            port = Integer.parseInt(line);
        }
    }

    @State(Scope.Thread)
    public static class Client {
        private Socket socket;
        private OutputStream out;
        private DataInputStream in;
        private int next;

        @Setup
        public void connect(Server server) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), server.port);
            socket.setTcpNoDelay(true);
            out = socket.getOutputStream();
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        }

        @TearDown
        public void close() throws IOException {
            socket.close();
        }

        int get() throws IOException {
            next = (next + 1) % ItemServer.ITEMS;
            out.write(("GET /" + next + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            int last = 0;
            // The header ends with an empty line; the body has a known size.
            while (last != 0x0D0A0D0A) {
                last = last << 8 | in.readUnsignedByte();
            }
            in.skipNBytes(ItemServer.SIZE - Integer.BYTES);
            int item = in.readInt();
            if (item != next) {
                throw new IOException("asked for item " + next + " and got item " + item);
            }
            return item;
        }
    }

    @Benchmark
    public int request(Client client) throws IOException {
        return client.get();
    }
}
