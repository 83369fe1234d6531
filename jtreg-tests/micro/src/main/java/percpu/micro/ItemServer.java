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

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executors;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/**
 * A small service as many are: the JDK's HTTP server with a virtual thread for each request, a Caffeine cache with
 * statistics, Micrometer's timer and counters. Prints its port.
 */
public final class ItemServer {
    static final int ITEMS = 1000;
    static final int SIZE = 256;

    private final LoadingCache<Integer, byte[]> cache =
            Caffeine.newBuilder().maximumSize(2 * ITEMS).recordStats().build(ItemServer::item);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Timer latency = registry.timer("latency");
    private final Counter requests = registry.counter("requests");
    private final Counter bytes = registry.counter("bytes");

    private ItemServer() {}

    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", new ItemServer()::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        System.out.println(server.getAddress().getPort());
    }

    // Ends with its number.
    private static byte[] item(int number) {
        return ByteBuffer.allocate(SIZE).putInt(SIZE - Integer.BYTES, number).array();
    }

    private void answer(HttpExchange exchange) throws IOException {
        Timer.Sample sample = Timer.start(registry);
        requests.increment();
        byte[] item = cache.get(Integer.valueOf(exchange.getRequestURI().getPath().substring(1)));
        bytes.increment(item.length);
        exchange.sendResponseHeaders(200, item.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(item);
        }
        sample.stop(latency);
    }
}
