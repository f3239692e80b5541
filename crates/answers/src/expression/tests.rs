//! Equal expressions are proved equal, known wrong accepts are refused.

use super::{ExpressionKind, ExpressionSpec, check};
use crate::infer::infer;
use crate::normalize::normalize;
use crate::spec::AnswerSpec;
use crate::verdict::Verdict;

pub(super) fn compare(gold: &str, reply: &str) -> Verdict {
    let spec =
        ExpressionSpec { latex: normalize(gold), variables: Vec::new(), domain: None, kind: ExpressionKind::Expr };
    check(&spec, &normalize(reply))
}

/// Spellings of one expression on each line.
const EQUAL: &str = r"
x^2 + 2x + 1 | (x+1)^2 | x^{2} + 2 x + 1 | x²+2x+1 | x**2 + 2*x + 1 | x^2+2\cdot x+1 | 1+x(x+2)
\frac{1}{x} + \frac{1}{y} | \frac{x+y}{xy} | 1/x+1/y | (x+y)/(xy) | x^{-1}+y^{-1}
1 - 1/e | (e-1)/e | 1-e^{-1} | \frac{e-1}{e}
2^{10} | 1024 | 1,024 | 4^5
5! | 120
1/2004! | \frac{1}{2004!} | \frac1{2004!}
0.5x | x/2 | \frac12 x | \frac{x}{2} | \tfrac12x | \dfrac x2
\sqrt{2} | √2 | sqrt(2) | 2^{1/2} | \sqrt2 | \frac{2}{\sqrt{2}} | 2^{0.5}
\sqrt{12} | 2\sqrt{3} | 2√3 | 2*sqrt(3) | \sqrt{4\cdot3}
\frac{\sqrt{3}}{3} | \frac{1}{\sqrt{3}} | 3^{-1/2} | \sqrt{\frac13}
\sqrt[3]{54} | 3\sqrt[3]{2} | 54^{1/3}
\sqrt{4} | 2 | \log_2 4 | \lfloor e \rfloor
\sqrt{3+2\sqrt{2}} | 1+\sqrt2
\sin(x+1) | sin(1+x) | \sin{(x+1)} | \sin\left(x+1\right)
\sin 2x | 2\sin x\cos x | \sin(2x) | sin(2x) | 2\sin(x)\cos(x) | 2 sin x cos x
\sin^2 x + \cos^2 x | 1
\tan x | \frac{\sin x}{\cos x} | sin(x)/cos(x)
\cos 2x | 2\cos^2 x - 1 | 1-2\sin^{2}x | \cos^2(x)-\sin^2(x)
\arcsin x | \sin^{-1} x | \sin^{-1}(x) | arcsin(x) | asin(x)
\arctan 1 | \pi/4 | \tan^{-1}(1)
\ln(x^2+1) | \log_e(x^2+1)
2\ln x | \ln x^2 | \ln(x^2) | \ln x + \ln x
\ln 8 | 3\ln 2 | \ln(8) | 3 ln 2
\log_2 8 | 3 | log_2(8) | log2(8)
\log_{10} 1000 | 3 | \lg 1000
\frac{\ln 3}{\ln 2} | \log_2 3 | \log_2(3)
2\pi r | 2πr | 2 pi r | 2*pi*r | 2 \cdot \pi \cdot r
\frac{\pi}{4} | π/4 | pi/4 | 45^\circ | 45°
30^\circ | \pi/6 | 30^{\circ}
2x+1 \text{ cm} | 2x + 1 | 2x+1\text{ cm}
±2021 | \pm 2021 | ∓2021 | -2021, 2021 | 2021 or -2021
x = 5 | 5 | 5 = x | x=5
x = 2 \text{ or } x = -2 | x = \pm 2 | \{2,-2\} | x=-2 or x=2 | x = 2, -2 | x = -2, x = 2 | x = 2 or -2 | {-2, 2}
x = \frac{1 \pm \sqrt{5}}{2} | \frac{1+\sqrt5}{2}, \frac{1-\sqrt5}{2} | x = 1/2 + √5/2 or x = 1/2 - √5/2
x > 3 | 3 < x | (3, \infty) | (3,∞) | x \in (3, \infty) | 2x > 6 | x-3>0 | \{x \mid x > 3\} | {x|x > 3} | \left(3, \infty\right) | -x < -3 | (3, +\infty)
x \geq 3 | [3, \infty) | 3 ≤ x | x >= 3 | x \ge 3 | x ≥ 3 | x \geqslant 3
-1 < x \le 4 | (-1, 4] | x \in (-1,4] | x > -1 \text{ and } x \le 4 | 4 ≥ x > -1
|x| < 3 | (-3,3) | -3<x<3 | \left|x\right| < 3
x \ne 2 | (-\infty,2)\cup(2,\infty) | \mathbb{R}\setminus\{2\} | x < 2 or x > 2
(-\infty, -1] \cup [1, \infty) | x \le -1 or x \ge 1 | [1,∞) ∪ (-∞,-1] | |x| \ge 1
(-\infty, \infty) | \mathbb{R} | all real numbers | x \in \mathbb{R}
\emptyset | \varnothing | \{\} | ∅
n = 2, 3, 4 | n=2,3,4 | n = 4, 3, 2
D = (0, 1) | (0,1) | (0, 1.0)
[0, 1) | [0,1) | 0 \le x < 1
\{1, 2\} | {2, 1} | 1, 2
E = mc^2 | E = m c^{2} | mc^2
y = 2x + 1 | 2x+1 | y = 1+2x | y - 2x = 1 | 2x - y + 1 = 0
x^2 + y^2 = 4 | y^2 = 4 - x^2 | 2x^2+2y^2=8 | x²+y²=4
1, 2, …, n | 1,2,...,n | 1, 2, \ldots, n
1+2+\cdots+n | 1 + 2 + ... + n
e^{x} | exp(x) | \exp(x) | \exp x
e^{i\pi/3} | \frac12 + \frac{\sqrt3}{2}i | \cos(\pi/3)+i\sin(\pi/3)
(1+i)^2 | 2i | 2 i
i^2 | -1 | e^{i\pi}
\sqrt{-4} + 1 | 1+2i | 2i + 1
\left(\frac12, 3\right) | (1/2, 3) | \left( 0.5, 3 \right) | (\tfrac{1}{2},3)
\begin{pmatrix}1&2\\3&4\end{pmatrix} | \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} | [[1,2],[3,4]] | \begin{pmatrix}1&2\\3&\frac{8}{2}\\\end{pmatrix} | \frac12\begin{pmatrix}2&4\\6&8\end{pmatrix}
\begin{pmatrix}1\\2\end{pmatrix} | \begin{bmatrix}1\\2\end{bmatrix} | \begin{pmatrix}1&2\end{pmatrix}^T
\langle 1, 2 \rangle | (1, 2) | ⟨1,2⟩
1\frac12 x | \frac{3}{2}x | 1.5x | 1 1/2 x
\binom{n}{2} | \frac{n(n-1)}{2} | n(n-1)/2
\binom{5}{2}x | 10x
|x-1| | |1-x| | \left|x-1\right| | \lvert x-1 \rvert | abs(x-1)
x_1 + x_2 | x_2+x_1 | x₁ + x₂
a_{n+1} = 2a_n | a_{n+1} = a_n + a_n | 2a_n
x^2 + C | C + x^2 | x^2+C | x^2 + 5 + C
\frac{1}{2}\sin^2 x + C | -\frac12\cos^2 x + C | -\frac14 \cos 2x + C
50\% x | x/2
2^{n+1} | 2\cdot 2^n | 2(2^n)
(-1)^n | \cos(n\pi) | (-1)^{n+2}
\frac{dy}{dx} = 2x | 2x | y' = 2x | f'(x) = 2x
\sum_{k=1}^{n} k^2 | \sum_{i=1}^n i^2
\int_0^1 x^2 dx | \int_{0}^{1} x^2\,dx
f(x) = x^2 | x^2 | y = x^2
A = \pi r^2 = 9\pi | 9\pi | A = 9\pi
\sinh x | \frac{e^x - e^{-x}}{2}
x = 1, y = 2 | y = 2, x = 1 | (x,y) = (1,2) | (1, 2) | x=1 and y=2
2.5 \times 10^{3} x | 2500x
0.\overline{3}x | x/3
\max(x, y) | \frac{x+y+|x-y|}{2}
\left\{ -1, \frac{1}{2} \right\} | {0.5, -1}
12\pi \text{ cm}^2 | 12\pi \mathrm{cm}^2
1234x/x | 1,234 | 1234
x e^x | xe^{x} | e^x x | x \cdot e^x
\frac{x}{2} \ln 2 | \frac{x\ln 2}{2} | 0.5 x ln(2)
\sqrt{x}\sqrt{y} | \sqrt{xy} | (xy)^{1/2}
e^{-1000}x | x/e^{1000}
F = ma | a = F/m | F = a \cdot m
\frac{dy}{dx} = 3x^2 | dy/dx = 3x^2
3x^2 + 2x + C | 3x^2+2x+c
x \le -2 \text{ or } x \ge 3 | (-∞, -2] U [3, ∞) | x \leq -2 \cup x \geq 3
x \ne 1 | \mathbb{R} - \{1\} | all real numbers except 1
\binom{n}{k} | {n \choose k} | C(n,k) | \frac{n!}{k!(n-k)!}
\frac12 mv^2 | KE = \frac{1}{2} mv^2 | ½mv²
x = 3 \text{ or } x = -1 | x_1 = 3, x_2 = -1
\frac{\pi}{6} + 2\pi k | \frac{\pi}{6} + 2k\pi, k \in \mathbb{Z}
f^{-1}(x) = \frac{x-3}{2} | \frac{x-3}{2}
\Delta G = \Delta H - T\Delta S | ΔH - TΔS
12\sqrt{3} \text{ cm}^2 | 12√3 cm²
C_1 e^{2x} + C_2 e^{-x} | c_1 e^{2x} + c_2 e^{-x}
A \cup B | B \cup A
A \setminus B | A \cap \overline{B}
\frac{Gm_1m_2}{r^2} | G m_1 m_2 / r^2
(\pm 3, 0) | (3,0) and (-3,0)
]0, 1[ | (0, 1) | 0 < x < 1
p(x) = x^2 + 1 | x^2 + 1 | y = x^2 + 1
-\begin{pmatrix}1\\2\end{pmatrix} | \begin{pmatrix}-1\\-2\end{pmatrix}
x \approx 1.5 | 1.5 | x = 1.5
\sum_{i=1}^n a_i | \sum_{k=1}^{n} a_k
\frac{dy}{dx} = 2x | y' = 2x | f'(x) = 2x
";

/// Spellings of different expressions on each line.
const DIFFERENT: &str = r"
1/2004! | 1/2006! | 0
1/2^99 | 1/2^98 | 0
n = 2, 3, 4 | n = 1, 2, 3 | n = 2, 3
D = (0, 1) | D = (0, 1.5) | [0, 1]
1 − 1/e | 1 + 1/e | 1 + e | 1
±2021 | 2021 | -2021
1, 2, …, n | 1, 3, 5, …, 2n − 1
x^2 + 1 | x^2 - 1 | x^2 | x | 2x
2x | 2y | x
[0, 1) | (0, 1) | (0, 1] | [0, 1] | [0, 2)
(1, 2) | (2, 1) | (1, 2, 3)
x = 5 | 6 | x = 6 | x = 5 or x = 6
1/3 | 0.333 | 1/30
π/4 | 0.785 | 3.14/4
e^{-1000} | e^{-1001} | 0 | 2e^{-1000}
\sqrt{2} | 1.41421356 | \sqrt{3} | -\sqrt{2} | \pm\sqrt2
\sin x | \cos x | \sin 2x | x
\sqrt{x^2} | x
\ln 2 | \ln 3 | 0.693147 | \log_{10} 2
|x| | x | -x
x > 3 | x < 3 | x \ge 3 | 3 | [3, \infty) | x > 2 | (3, 4)
(0,1)\cup(2,3) | (0,1) | (0,1)\cup(2,4) | (0,3)
x \ne 2 | x = 2 | \mathbb{R}
y = 2x + 1 | y = 2x - 1 | 2x - 1 | y = 2x | y + 2x = 1
x^2+y^2=4 | 4 | x^2+y^2=2 | x^2-y^2=4 | (x-1)^2+y^2=4
2x+3y=6 | 2x+3y=5 | 3x+2y=6
1+2i | 1-2i | 2+i | 1+2
e^{i\pi/3} | e^{-i\pi/3} | e^{i\pi/4}
\begin{pmatrix}1&2\\3&4\end{pmatrix} | \begin{pmatrix}1&3\\2&4\end{pmatrix} | \begin{pmatrix}1&2\end{pmatrix} | 1
\begin{pmatrix}1\\2\end{pmatrix} | \begin{pmatrix}1&2\end{pmatrix}
x^2 + C | x^3 + C | x^2 | 2x + C
\cos(n\pi) | 1 | 0
\frac{x+1}{2} | x + \frac12 | \frac{x}{2} + 1
x = \pm 2 | x = 2 | x = -2 | x = \pm 3 | 2, -3
10^{60}+\sqrt{2} | 10^{60}+\sqrt{3} | \sqrt2
\{1,2,3\} | {1,2} | {1,2,4} | {1,2,3,4}
x = 1, y = 2 | x = 2, y = 1 | x=1, y=3
x^{10} | x^{11} | 10x
\tan x | \cot x | \tan 2x
2\pi | 2 | \pi | 6.28 | 6.283185307
x^2+y^2=4 | (x-1)^2+y^2=4 | x+y=4
(y-2)(x-1) = 0 | x = 3
A \cup B | A \cap B | A | A \setminus B
\sqrt{2}+10^{-12} | \sqrt{2} | \sqrt2 + 10^{-13}
\pi | 3.14159265358979323846 | 22/7
e^{\pi\sqrt{163}} | 262537412640768744
\cos(10^{-8}) | 1
";

/// Spellings of which no verdict may be made.
const UNKNOWN: &str = r"
x = 5 | y = 5
1, 2, ..., n | 1, 2, 3, ..., n
1/(2x) | 1/2x
(y-2)(x-1) = 0 | y = 2
\sqrt2 | √2, √2
\frac{d}{dx} | \frac{1}{x}
[0, 1) | 0, 1
x^{3000000000000} | x
f(x+1) | f(x)+f(1)
1 + e^{-1000\pi} | 1
1 + 1/2004! + \sqrt{2} | 1 + \sqrt2
\tanh 100 | 1
\cos(e^{-1000}) | 1
\log 100 | 2
\ln|x| | \ln x
\frac{dy}{dx} | \frac{y}{x}
\arctan(10^{60}) | \pi/2
\sin x/2 | \frac{\sin x}{2}
2\pi \text{ cm} | 2\pi \text{ mm}
";

fn spellings(table: &str) -> impl Iterator<Item = Vec<&str>> {
    // A bar with blanks around it divides; bars of an expression have none.
    table.lines().filter(|line| !line.is_empty()).map(|line| line.split(" | ").map(str::trim).collect())
}

#[test]
fn equal_expressions_are_proved_equal() {
    let mut failures = Vec::new();
    for spellings in spellings(EQUAL) {
        for gold in spellings.iter().take(1) {
            for reply in &spellings {
                if !compare(gold, reply).is_correct() {
                    failures.push(format!("{gold}   /   {reply}: {:?}", compare(gold, reply)));
                }
                if !compare(reply, gold).is_correct() {
                    failures.push(format!("{reply}   //   {gold}: {:?}", compare(reply, gold)));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn different_expressions_are_proved_different() {
    let mut failures = Vec::new();
    for spellings in spellings(DIFFERENT) {
        let gold = spellings[0];
        for reply in spellings.iter().skip(1).chain(&["{", "hello world", "((((", "", "x^2, x^3, x^4"]) {
            for (gold, reply) in [(gold, *reply), (*reply, gold)] {
                let verdict = compare(gold, reply);
                assert!(!verdict.is_correct(), "{gold} / {reply}");
                if gold == spellings[0] && !matches!(verdict, Verdict::Incorrect { .. }) {
                    failures.push(format!("{gold}   /   {reply}: {verdict:?}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn what_cannot_be_proved_is_unknown() {
    for spellings in spellings(UNKNOWN) {
        let (gold, reply) = (spellings[0], spellings[1]);
        for (gold, reply) in [(gold, reply), (reply, gold)] {
            let verdict = compare(gold, reply);
            assert!(matches!(verdict, Verdict::Unknown { .. }), "{gold} / {reply}: {verdict:?}");
        }
    }
}

#[test]
fn mathematics_is_recognised_and_names_are_not() {
    for (answer, kind) in [
        ("x^2 + 1", ExpressionKind::Expr),
        ("1/2004!", ExpressionKind::Expr),
        ("E = mc²", ExpressionKind::Equation),
        ("[0, 1)", ExpressionKind::Interval),
        ("(1, 2)", ExpressionKind::Tuple),
        ("±2021", ExpressionKind::Expr),
        ("2n - 1", ExpressionKind::Expr),
        ("n - 1", ExpressionKind::Expr),
        ("H₂O", ExpressionKind::Formula),
        ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", ExpressionKind::Matrix),
    ] {
        let spec = infer(answer, "What is it?");
        assert!(matches!(&spec, Ok(AnswerSpec::Expression(spec)) if spec.kind == kind), "{answer}: {spec:?}");
    }
    for answer in [
        "F-16",
        "3-D",
        "A/B testing",
        "C++",
        "Covid-19",
        "H5",
        "K2",
        "TCP/IP",
        "Yahoo!",
        "vitamin B12",
        "and/or",
        "x-ray",
        "T-34",
        "12:00",
    ] {
        let spec = infer(answer, "What is it?");
        assert!(matches!(&spec, Ok(AnswerSpec::String(_))), "{answer}: {spec:?}");
    }
}

#[test]
fn formulae_are_exact() {
    let spec =
        ExpressionSpec { latex: "H2O".to_owned(), variables: Vec::new(), domain: None, kind: ExpressionKind::Formula };
    for reply in ["H2O", "H₂O", "H_2O", "\\ce{H2O}", "$\\mathrm{H_2O}$"] {
        assert!(check(&spec, &normalize(reply)).is_correct(), "{reply}");
    }
    for reply in ["H2O2", "h2o", "HO2", "water", "H2", "OH2", "{"] {
        assert!(!check(&spec, &normalize(reply)).is_correct(), "{reply}");
    }
}
