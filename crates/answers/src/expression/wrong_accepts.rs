//! Pairs that look equal to a part of the comparison and are not: one line for each way to be fooled.

use super::tests::compare;

/// Neither side may be accepted for the other.
const NOT_EQUAL: &str = r"
31/2 | 3 1/2
12x | 1 2x
a \leftarrow b | a \rightarrow b
\sum_{j=1}^n a_i | \sum_{i=1}^n a_i
\sum_{i=1}^n\sum_{j=1}^m i | \sum_{i=1}^n\sum_{j=1}^m j
\sum_{i=1}^n\sum_{j=1}^m a_{ij} | \sum_{i=1}^n\sum_{j=1}^m a_{ji}
x \approx 1.5 | x \approx 2.5
x \approx 1.5 | x
(0,\infty) | \{x \mid y>0\}
PV < nRT | P > nRT/V
xy < 1 | x < 1/y
1 | 1 + 18446744073709551557*4611686018427387817
x | x + (2^{64}-59)(2^{62}-87)x^2
0 | ∞ - ∞
0 | 0 \cdot \infty
\lfloor x \rfloor | \lfloor x + 10^{-9} \rfloor
\lceil x \rceil | \lfloor x \rfloor + 1
5000-x | |x-5000|
x | \max(x, -10000)
\Re(z) | z
0 | \Im(z)
|z|^2 | z^2
A^{-1}B | BA^{-1}
A^T B | B A^T
(AB)^{-1} | A^{-1}B^{-1}
1 | \gcd(n,13)
\{1,1,2\} | \{1,2,2\}
5 | 5\text{ m} - 3
5 | 5\text{ m} / 2
x < -1, x > 1 | x < -2, x > 2
x < -2 \text{ or } x > 2 | x < -2 \text{ and } x > 2
x>0, y>1 | x>1, y>0
0<x<1, 0<y<2 | 0<x<2, 0<y<1
\Gamma(2x) | 2\Gamma(x)
\zeta(2) | 2\zeta(1)
\phi(10) | 2\phi(5)
u(t-1)-u(t-2) | u
\vec{a} \times \vec{b} | \vec{b} \times \vec{a}
\vec{a} \times \vec{b} | \vec{a} \cdot \vec{b}
p \to q | q \to p
A \subset B | B \subset A
p \land q | p \lor q
\emptyset | \{\emptyset\}
|x| = 3 | x = 3
x + \sin(\pi x) = 3 | x = 3
\frac{dy}{dx} = 2x | y = 2x
f'(x) = 2x | y = 2x
\frac{d^2y}{dx^2} = 2x | \frac{dy}{dx} = 2x
k\pi, k \in \mathbb{Z} | k\pi, k \in \mathbb{N}
1/x, x \ne 0 | 1/x, x \ne 5
\sqrt[4]{x^2} | \sqrt{x}
[0, \infty) | [0, \infty]
";

#[test]
fn what_only_looks_equal_is_not_accepted() {
    for line in NOT_EQUAL.lines().filter(|line| !line.is_empty()) {
        let (gold, reply) = line.split_once(" | ").unwrap_or((line, line));
        assert!(!compare(gold, reply).is_correct(), "{line}");
        assert!(!compare(reply, gold).is_correct(), "{line}, from the other side");
    }
}

#[test]
fn a_chain_that_contradicts_itself_is_not_accepted() {
    assert!(!compare("2x", "y = x^2 = 2x").is_correct());
    assert!(compare("9\\pi", "A = \\pi r^2 = 9\\pi").is_correct());
}

/// A sign that depended on the letter's name alone would let the product of two of them be above zero throughout.
#[test]
fn products_of_any_two_letters_are_below_zero_somewhere() {
    let letters: Vec<char> = ('a'..='z').filter(|letter| !"deifg".contains(*letter)).collect();
    for (idx, first) in letters.iter().enumerate() {
        assert!(!compare(&first.to_string(), &format!("\\sqrt{{{first}^2}}")).is_correct(), "{first}");
        for second in letters.iter().skip(idx + 1) {
            let product = format!("{first} \\cdot {second}");
            assert!(!compare(&product, &format!("|{first} \\cdot {second}|")).is_correct(), "{product}");
        }
    }
}
