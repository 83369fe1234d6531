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
import jdk.incubator.percpu.PerCpuStack;

final class StackSubject implements Subject {
    private static final int CAPACITY = 40;

    private final PerCpuStack<Token> stack = new PerCpuStack<>(CAPACITY);

    @Override
    public void work(Hand hand) {
        int pushes = 1 + hand.random(8);
        if (hand.random(4) == 0) {
            together(pushes, hand);
            return;
        }
        for (int i = 0; i < pushes; i++) {
            Token token = new Token(hand.nextElement());
            token.enter();
            if (stack.push(token)) {
                hand.ledger.in(token.number);
            } else {
                token.leave();
            }
            hand.pause();
        }
        for (int i = 0; i < pushes - hand.random(2); i++) {
            take(stack.pop(), hand);
            hand.pause();
        }
    }

    private void together(int pushes, Hand hand) {
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < pushes; i++) {
            Token token = new Token(hand.nextElement());
            token.enter();
            tokens.add(token);
        }
        int pushed = stack.pushAll(tokens);
        for (Token token : tokens) {
            if (pushed-- > 0) {
                hand.ledger.in(token.number);
            } else {
                token.leave();
            }
        }
        hand.pause();
        stack.popTo(token -> take(token, hand), pushes - hand.random(2));
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
        for (int i = 0; i < 100; i++) {
            // Whatever it is now: it was once pushed.
            Token top = stack.peek(slot);
            Check.that(top == null || Hand.handOf(top.number) >= 0, "a top that was never pushed");
            Check.that(stack.size(slot) <= CAPACITY, stack.size(slot) + " elements of " + CAPACITY);
        }
        switch (hand.random(4)) {
            case 0 -> {
                List<Token> tokens = Drained.of(stack, slot);
                Token.checkLastInFirstOut(tokens);
                tokens.forEach(token -> take(token, hand));
            }
            case 1 -> {
                Token token = new Token(hand.nextElement());
                token.enter();
                if (stack.push(slot, token)) {
                    hand.ledger.in(token.number);
                } else {
                    token.leave();
                }
            }
            case 2 -> take(stack.trySteal(slot), hand);
            default -> take(stack.steal(slot), hand);
        }
    }

    @Override
    public void finish(Hand hand) {
        Drained.all(stack).forEach(token -> take(token, hand));
        Check.that(stack.pop() == null && stack.size() == 0, "a drained stack is not empty");
    }
}
