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

package percpu.lib;

import java.util.ArrayList;
import java.util.List;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuList;

final class ListSubject implements Subject {
    private final PerCpuList<Token> list = new PerCpuList<>();

    @Override
    public void work(Hand hand) {
        int pushes = 1 + hand.random(8);
        if (hand.random(4) == 0) {
            together(pushes, hand);
        } else {
            oneAfterTheOther(pushes, hand);
        }
        // A little less than come in, so that there is something to drain.
        for (int i = 0; i < pushes - hand.random(2); i++) {
            take(list.pop(), hand);
            hand.pause();
        }
    }

    private void together(int pushes, Hand hand) {
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < pushes; i++) {
            Token token = new Token(hand.nextElement());
            hand.ledger.in(token.number);
            token.enter();
            tokens.add(token);
        }
        list.pushAll(tokens);
    }

    private void oneAfterTheOther(int pushes, Hand hand) {
        for (int i = 0; i < pushes; i++) {
            Token token = new Token(hand.nextElement());
            hand.ledger.in(token.number);
            token.enter();
            list.push(token);
            hand.pause();
        }
    }

    private static void take(Token token, Hand hand) {
        if (token != null) {
            token.leave();
            hand.ledger.out(token.number);
        }
    }

    @Override
    public void interfere(Hand hand) {
        int slot = hand.random(PerCpu.slots());
        if (hand.random(2) == 0) {
            Token token = new Token(hand.nextElement());
            hand.ledger.in(token.number);
            token.enter();
            list.push(slot, token);
        } else {
            drain(slot, hand);
        }
    }

    private void drain(int slot, Hand hand) {
        // At one time: what is pushed between two parts comes later and is older.
        List<Token> tokens = new ArrayList<>();
        list.drainTo(slot, tokens::add, 200);
        Token.checkLastInFirstOut(tokens);
        tokens.forEach(token -> take(token, hand));
    }

    @Override
    public void finish(Hand hand) {
        Drained.all(list).forEach(token -> take(token, hand));
        Check.that(list.pop() == null, "a drained list is not empty");
    }
}
