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

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.openjdk.jmh.annotations.Benchmark;

/**
 * H2 in memory: some threads read accounts, move money between them, write that down, and look at a range of them.
 * Sums do not depend on who came first; the result is made of them.
 */
public class Database extends Program {
    private static final int THREADS = 4;
    private static final int ACCOUNTS = 2_000;
    private static final int TRANSACTIONS = 1_500;
    private static final int KINDS = 10;
    private static final int RANGE = 100;
    private static final String URL = "jdbc:h2:mem:accounts;LOCK_TIMEOUT=60000";

    @Benchmark
    public void transactions() throws Exception {
        // The database is there as long as this connection.
        try (Connection first = DriverManager.getConnection(URL);
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            fill(first);
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                all.add(threads.submit(() -> {
                    new Client(thread).run();
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
            Costs.result(result(first));
        }
    }

    private static void fill(Connection connection) throws SQLException {
        try (Statement create = connection.createStatement()) {
            create.execute("""
                    create table account (id int primary key, branch int not null, owner varchar(40) not null,
                        balance bigint not null);
                    create table move (id bigint auto_increment primary key, source int not null, target int not null,
                        amount bigint not null);
                    create index on account (branch);
                    create index on move (source)""");
        }
        try (PreparedStatement insert = connection.prepareStatement("insert into account values (?, ?, ?, ?)")) {
            for (int id = 0; id < ACCOUNTS; id++) {
                insert.setInt(1, id);
                insert.setInt(2, id % 97);
                insert.setString(3, "owner of account " + id);
                insert.setLong(4, 1_000_000);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static long result(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            long all = number(statement, "select sum(balance) from account");
            long moves = number(statement, "select count(*) from move");
            if (all != 1_000_000L * ACCOUNTS || moves == 0) {
                throw new IllegalStateException(moves + " moves, after which all accounts together have " + all);
            }
            return number(statement, "select sum(balance * mod(id, 1000)) from account") + moves + number(statement,
                    "select count(*) from account a join move m on m.source = a.id where a.branch < m.target");
        }
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }

    /** One of the threads, with a connection of its own. */
    private static final class Client {
        private static final String READ = "select owner, balance from account where id = ?";
        private static final String LOOK = """
                select branch, count(*), max(balance) from account where id between ? and ?
                group by branch order by branch""";
        private static final String UPDATE = "update account set balance = balance + ? where id = ?";
        private static final String INSERT = "insert into move (source, target, amount) values (?, ?, ?)";

        private final SplittableRandom random;

        private Client(int thread) {
            random = new SplittableRandom(thread);
        }

        private void run() throws SQLException {
            try (Connection connection = DriverManager.getConnection(URL);
                    PreparedStatement read = connection.prepareStatement(READ);
                    PreparedStatement range = connection.prepareStatement(LOOK);
                    PreparedStatement update = connection.prepareStatement(UPDATE);
                    PreparedStatement insert = connection.prepareStatement(INSERT)) {
                connection.setAutoCommit(false);
                for (int i = 0; i < TRANSACTIONS; i++) {
                    int id = random.nextInt(ACCOUNTS);
                    int other = random.nextInt(ACCOUNTS);
                    long amount = random.nextInt(100);
                    switch (i % KINDS) {
                        case 0, 1, 2 -> {
                            // Who locks in one order waits for nobody who waits for him.
                            change(update, Math.min(id, other), id < other ? -amount : amount);
                            change(update, Math.max(id, other), id < other ? amount : -amount);
                            insert.setInt(1, id);
                            insert.setInt(2, other);
                            insert.setLong(3, amount);
                            insert.executeUpdate();
                        }
                        case 3 -> {
                            range.setInt(1, id);
                            range.setInt(2, id + RANGE);
                            all(range);
                        }
                        default -> {
                            read.setInt(1, id);
                            all(read);
                        }
                    }
                    connection.commit();
                }
            }
        }

        private static void change(PreparedStatement update, int id, long amount) throws SQLException {
            update.setLong(1, amount);
            update.setInt(2, id);
            update.executeUpdate();
        }

        private static void all(PreparedStatement query) throws SQLException {
            int rows = 0;
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    rows++;
                }
            }
            if (rows == 0) {
                throw new IllegalStateException("a query found nothing");
            }
        }
    }
}
