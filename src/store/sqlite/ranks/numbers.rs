//! The numbers of all rooms, and the place of each among them. Rooms are numbered one after the other, so that nearly
//! every place follows from the number without a search; gaps, where rooms were deleted or came with numbers of their
//! own, cost a search among a few.

/// Numbers that share a guess.
const NEAR: i64 = 64;
/// Guesses are kept where they are at most so many times as many as the numbers.
const GUESSES: usize = 1;

/// Numbers, ascending, each once.
#[derive(Debug)]
pub(super) struct Numbers {
    all: Vec<i64>,
    /// For every [`NEAR`] numbers from the first on, the place of the first of them that there is; empty where the numbers
    /// lie too far apart.
    near: Vec<u32>,
}

impl Numbers {
    /// From numbers that ascend.
    pub fn of(all: Vec<i64>) -> Self {
        let mut near = Vec::new();
        if let (Some(&first), Some(&last)) = (all.first(), all.last())
            && usize::try_from((last - first) / NEAR).is_ok_and(|parts| parts <= all.len() * GUESSES)
        {
            for (place, number) in all.iter().enumerate() {
                while near.len() as i64 <= (number - first) / NEAR {
                    near.push(u32::try_from(place).unwrap_or(u32::MAX));
                }
            }
        }
        Self { all, near }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The place of a number.
    pub fn place(&self, number: i64) -> Option<usize> {
        let offset = number.checked_sub(*self.all.first()?).filter(|offset| *offset >= 0)?;
        let part = usize::try_from(offset / NEAR).ok()?;
        let Some(&start) = self.near.get(part) else {
            return if self.near.is_empty() { self.all.binary_search(&number).ok() } else { None };
        };
        let start = start as usize;
        let end = self.near.get(part + 1).map_or(self.all.len(), |&end| end as usize);
        let within = usize::try_from(offset % NEAR).ok()?;
        if end - start == NEAR as usize {
            return Some(start + within);
        }
        self.all.get(start..end)?.binary_search(&number).ok().map(|place| start + place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_place_and_no_other_has_one() {
        let dense: Vec<i64> = (5..5_000).filter(|n| !(700..900).contains(n) && n % 97 != 0).collect();
        let sparse = vec![1, 1_000_000, 1_000_001, i64::MAX / 2];
        for all in [dense, sparse, vec![7], Vec::new()] {
            let numbers = Numbers::of(all.clone());
            for (place, number) in all.iter().enumerate() {
                assert_eq!(numbers.place(*number), Some(place));
            }
            for number in [-3, 0, 750, 97, 6_000, i64::MAX] {
                assert_eq!(numbers.place(number), all.binary_search(&number).ok(), "{number}");
            }
        }
    }
}
