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

#include "opto/movenode.hpp"
#include "opto/perCpuNode.hpp"

void PerCpuLoadStoreNode::pack_inputs_for_matching() {
  // (Binary owner value)
  // (Binary owner (Binary expect value)), or exclusive_word in the place of expect
  // (Binary (Binary owner slot) (Binary expect value))
  // (Binary (Binary owner slot) (Binary (Binary expect value) (Binary extra3 ...)))
  // where owner is (Binary owner (Binary method bci)).
  Node* left = new BinaryNode(in(Owner), new BinaryNode(in(SiteMethod), in(SiteBci)));
  Node* right = in(MemNode::ValueIn);
  if (req() > Extra1) {
    right = new BinaryNode(in(Extra1), right);
  }
  if (req() > Extra2) {
    left = new BinaryNode(left, in(Extra2));
  }
  if (req() > Extra3) {
    Node* rest = in(req() - 1);
    for (uint i = req() - 2; i >= Extra3; i--) {
      rest = new BinaryNode(in(i), rest);
    }
    right = new BinaryNode(right, rest);
  }
  set_req(MemNode::ValueIn, new BinaryNode(left, right));
  while (req() > Owner) {
    del_req(req() - 1);
  }
}
