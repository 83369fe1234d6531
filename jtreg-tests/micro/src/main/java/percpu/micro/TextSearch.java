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
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

import org.openjdk.jmh.annotations.Benchmark;

/** Lucene: two threads index texts that are made up, then search them. The result is how many were found. */
public class TextSearch extends Program {
    private static final int THREADS = 2;
    private static final int TEXTS = 4_000;
    private static final int WORDS = 80;
    private static final int VOCABULARY = 5_000;
    private static final int QUERIES = 600;
    private static final int BEST = 10;
    private static final String FIELD = "text";

    private interface Part {
        /** What this thread has found. */
        long run(int thread) throws IOException;
    }

    @Benchmark
    public void indexAndSearch() throws Exception {
        try (Directory directory = new ByteBuffersDirectory();
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
                all(threads, thread -> index(writer, thread));
                writer.commit();
            }
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                IndexSearcher searcher = new IndexSearcher(reader);
                searcher.setQueryCache(null);
                Costs.result(all(threads, thread -> search(searcher, thread)));
            }
        }
    }

    private static long all(ExecutorService threads, Part part) throws Exception {
        List<Callable<Long>> parts = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            parts.add(() -> part.run(thread));
        }
        long sum = 0;
        for (Future<Long> one : threads.invokeAll(parts)) {
            sum += one.get();
        }
        return sum;
    }

    private static long index(IndexWriter writer, int thread) throws IOException {
        for (int i = thread; i < TEXTS; i += THREADS) {
            SplittableRandom random = new SplittableRandom(i);
            StringBuilder text = new StringBuilder();
            for (int w = 0; w < WORDS; w++) {
                text.append(word(random)).append(w % 12 == 11 ? ". " : " ");
            }
            Document document = new Document();
            document.add(new TextField(FIELD, text.toString(), Field.Store.YES));
            document.add(new IntPoint("length", text.length()));
            writer.addDocument(document);
        }
        return 0;
    }

    private static long search(IndexSearcher searcher, int thread) throws IOException {
        long found = 0;
        for (int i = thread; i < QUERIES; i += THREADS) {
            Query query = query(i, new SplittableRandom(-1 - i));
            TopDocs best = searcher.search(query, new TopScoreDocCollectorManager(BEST, Integer.MAX_VALUE));
            found += i * best.totalHits.value();
        }
        if (found == 0) {
            throw new IllegalStateException("nothing was found");
        }
        return found;
    }

    private static Query query(int number, SplittableRandom random) {
        return switch (number % 5) {
            case 0 -> new TermQuery(term(random));
            case 1 -> new BooleanQuery.Builder().add(new TermQuery(term(random)), BooleanClause.Occur.MUST)
                    .add(new TermQuery(term(random)), BooleanClause.Occur.MUST).build();
            case 2 -> new BooleanQuery.Builder().add(new TermQuery(term(random)), BooleanClause.Occur.SHOULD)
                    .add(new TermQuery(term(random)), BooleanClause.Occur.SHOULD)
                    .add(IntPoint.newRangeQuery("length", 0, 500), BooleanClause.Occur.FILTER).build();
            case 3 -> new PhraseQuery(1, FIELD, word(random), word(random));
            default -> new PrefixQuery(new Term(FIELD, word(random).substring(0, 2)));
        };
    }

    private static Term term(SplittableRandom random) {
        return new Term(FIELD, word(random));
    }

    /** Of a made-up language, in which some words are far more frequent than others. */
    private static String word(SplittableRandom random) {
        int number = (int) (VOCABULARY * Math.pow(random.nextDouble(), 3));
        StringBuilder word = new StringBuilder();
        for (int rest = number + 1; rest > 0; rest /= 12) {
            word.append("bdfgklmnprst".charAt(rest % 12)).append("aeiou".charAt(rest % 5));
        }
        return word.toString();
    }
}
