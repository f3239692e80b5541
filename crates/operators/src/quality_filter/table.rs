//! A table of hashes that says where each was first: open addressing, emptied in no time by a new generation.

pub(super) const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Default)]
pub(super) struct Table {
    slots: Vec<Slot>,
    generation: u32,
    mask: usize,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u64,
    generation: u32,
    place: u32,
}

impl Table {
    /// Empties the table and makes room for so many hashes.
    pub(super) fn clear(&mut self, num_entries: usize) {
        let size = (num_entries * 2).next_power_of_two().max(16);
        if self.slots.len() < size || self.generation == u32::MAX {
            self.slots = vec![Slot::default(); size.max(self.slots.len())];
            self.generation = 0;
        }
        self.mask = size - 1;
        self.generation += 1;
    }

    /// The place that a hash was entered with first, which is this one if it is new.
    pub(super) fn enter(&mut self, hash: u64, place: u32) -> u32 {
        let mut idx = (hash.wrapping_mul(SPREAD) >> 32) as usize & self.mask;
        loop {
            let slot = &mut self.slots[idx];
            if slot.generation != self.generation {
                *slot = Slot { hash, generation: self.generation, place };
                return place;
            }
            if slot.hash == hash {
                return slot.place;
            }
            idx = (idx + 1) & self.mask;
        }
    }
}
