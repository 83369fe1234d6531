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

import java.io.StringReader;
import java.io.StringWriter;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

import javax.xml.transform.stream.StreamSource;

import net.sf.saxon.s9api.Processor;
import net.sf.saxon.s9api.SaxonApiException;
import net.sf.saxon.s9api.Xslt30Transformer;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Saxon compiles a style sheet, parses a document and makes another of it, of which the result is the checksum. */
public class Stylesheet extends Program {
    private static final int ITEMS = 6_000;
    private static final String SHEET = """
            <xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                            xmlns:xs="http://www.w3.org/2001/XMLSchema" exclude-result-prefixes="xs">
              <xsl:output method="html" indent="yes"/>
              <xsl:key name="by-maker" match="item" use="@maker"/>
              <xsl:template match="/stock">
                <html><body>
                  <xsl:for-each-group select="item" group-by="kind">
                    <xsl:sort select="current-grouping-key()"/>
                    <h1><xsl:value-of select="upper-case(current-grouping-key())"/></h1>
                    <p>
                      <xsl:value-of separator=" items, "
                                    select="count(current-group()), sum(current-group()/price/xs:integer(.))"/>
                    </p>
                    <table><xsl:apply-templates select="current-group()"><xsl:sort select="name"/></xsl:apply-templates></table>
                  </xsl:for-each-group>
                </body></html>
              </xsl:template>
              <xsl:template match="item">
                <tr class="{if (position() mod 2 = 0) then 'even' else 'odd'}">
                  <td><xsl:value-of select="replace(name, '([a-z])([0-9]+)', '$2-$1')"/></td>
                  <td><xsl:value-of select="format-number(price, '#,##0.00')"/></td>
                  <td><xsl:value-of select="count(key('by-maker', @maker))"/></td>
                  <td><xsl:value-of separator="." select="for $w in tokenize(text, ' ') return substring($w, 1, 3)"/></td>
                </tr>
              </xsl:template>
            </xsl:stylesheet>
            """;

    @State(Scope.Benchmark)
    public static class Input {
        private String document;

        @Setup
        public void write() {
            SplittableRandom random = new SplittableRandom(ITEMS);
            StringBuilder xml = new StringBuilder("<stock>");
            for (int i = 0; i < ITEMS; i++) {
                xml.append("<item maker='").append(random.nextInt(500)).append("'><kind>kind ").append(random.nextInt(40))
                        .append("</kind><name>").append((char) ('a' + random.nextInt(26))).append(random.nextInt(100_000))
                        .append("</name><price>").append(random.nextInt(1_000_000)).append("</price><text>");
                for (int w = 0; w < 12; w++) {
                    xml.append(w == 0 ? "" : " ").append(Long.toString(random.nextLong(1L << 40), 36));
                }
                xml.append("</text></item>\n");
            }
            document = xml.append("</stock>").toString();
        }
    }

    @Benchmark
    public void transform(Input input) throws SaxonApiException {
        Processor processor = new Processor(false);
        StreamSource sheet = new StreamSource(new StringReader(SHEET));
        Xslt30Transformer transformer = processor.newXsltCompiler().compile(sheet).load30();
        StringWriter out = new StringWriter();
        transformer.transform(new StreamSource(new StringReader(input.document)), processor.newSerializer(out));
        CRC32 crc = new CRC32();
        out.toString().chars().forEach(crc::update);
        Costs.result(crc.getValue());
    }
}
