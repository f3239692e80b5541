//! Expressions made at random, with equal rewritings, near misses and absurd replies, marked and unmarked.

use proptest::prelude::Rng;
use proptest::test_runner::TestRunner;
use quarry_answers::{AnswerSpec, ExpressionKind, ExpressionSpec, infer};

/// Spellings that no rule below makes; any of them meets any other.
const SPELLINGS: &str = r"A(t) = 100e^{0.05t} ¦ 100e^{0.05t} ¦ A = 100e^{t/20} ¦ s(t) = -16t^2 + 64t ¦ P(A \cap B) = 0.12x ¦ 0.12x ¦ x(x) = 4 ¦
P(1, \sqrt{3}) ¦ (1, \sqrt{3}) ¦ A(1, \sqrt{3}) ¦ x_{1,2} = 1 \pm \sqrt2 ¦ x = 1 \pm \sqrt2 ¦ x \approx 2.35y ¦ 2.35y ¦ y(x+1) = 3 ¦
\text{Var}(X) = np(1-p) ¦ np(1-p) ¦ x = 1 or y(t) = 2 ¦
F = ma ¦ a = F/m ¦ PV = nRT ¦ P = nRT/V ¦ xy = x^2 ¦ y = x ¦ dy/dx = 3x^2 ¦ y' = 3x^2 ¦ \ln ¦ x ¦  + C ¦
3x^2 + 2x + C ¦ 3x^2+2x+c ¦ (-\infty,-2]\cup[3,\infty) ¦ (-∞, -2] U [3, ∞) ¦ x \leq -2 \cup x \geq 3 ¦
\mathbb{R} - \{1\} ¦ all real numbers except 1 ¦ x \ne 1 ¦ a_n = \frac{3}{2} 2^n ¦ 3 \cdot 2^{n-1} ¦
{n \choose k} ¦ \binom{n}{k} ¦ C(n,k) ¦ \frac{n!}{k!(n-k)!} ¦ KE = \frac12 mv^2 ¦ \frac{mv^2}{2} ¦
x_1 = 3, x_2 = -1 ¦ x = 3, -1 ¦ \frac{\pi}{6} + 2\pi k, k \in \mathbb{Z} ¦ \frac{\pi}{6} + 2k\pi ¦
f^{-1}(x) = \frac{x-3}{2} ¦ (x-3)/2 ¦ \Delta G = \Delta H - T\Delta S ¦ \Delta H - T \Delta S ¦ ∛2 ¦ 2^{1/3} ¦
12\sqrt{3} \text{ cm}^2 ¦ 12√3 cm² ¦ C_1 e^{2x} + C_2 ¦ c_1 e^{2x} + c_2 ¦ A \cup B ¦ B \cup A ¦ A \setminus B ¦
A \cap \overline{B} ¦ \overline{A \cup B} ¦ A' \cap B ¦ (x-1)^2+y^2=9 ¦ x^2+y^2=9 ¦ x^2-2x+y^2=8 ¦ y = 0.5x - 3 ¦
x - 2y = 6 ¦ 2 ¦ x ¦ >4 ¦ \{x : x^2=4\} ¦ 1/x, x \ne 0 ¦ \frac{Gm_1m_2}{r^2} ¦ Gm_1 m_2/r^2 ¦ x=-1 and y=3 ¦
[-1, 3] ¦ (-1,3) ¦ {{1,2},{3,4}} ¦ x in (0,1) ¦ 0<x<1 ¦ \frac{d^2y}{dx^2} ¦ \int x^2+1\,dx ¦ 2 3 ¦ x^2 3 ¦
\sqrt12 ¦ log2(8) ¦ log_b(x) ¦ \log_{10}(100) ¦ sin 2x cos x ¦ sinx ¦ xsinx ¦ 2pir ¦ \sin^{-2}x ¦ 5 cm ¦
\frac\pi2 ¦ \frac12x ¦ x^10 ¦ x^{-2} ¦ -x^2 ¦ (-x)^2 ¦ 2^-1 ¦ a/b/c ¦ a/(bc) ¦ --x ¦ x--1 ¦ 2*-3 ¦ ±1 ± √2 ¦ ∓1 ¦
1,000π ¦ 1000\pi ¦ 100,200,300 ¦ 0.5\% ¦ 2:3 ¦ 4:6 ¦ 3:4 ¦ \sqrt{2}:1 ¦ 12:00 ¦ 1:00 ¦ x : y : z ¦ 1011_2 ¦
1011_{2} ¦ 11 ¦ 2H_2 + O_2 \rightarrow 2H_2O ¦ 2H2 + O2 -> 2H2O ¦ 2H_2O \rightarrow 2H_2 + O_2 ¦ x \to 0 ¦
0 \to x ¦ A \subset B ¦ B \subset A ¦ Area = 9\pi ¦ \text{Area} = 9\pi ¦ The area is 9\pi ¦ Volume: 9π ¦
not equal = 9\pi ¦ the answer is 9\pi ¦ \frac{\pi}{6} + 2\pi k, where k is an integer ¦
\frac{\pi}{6} + 2\pi k \text{ for any integer } k ¦ k\pi for integer k ¦ H2O ¦ H_2O ¦ HO2 ¦ SO_4^{2-} ¦ SO42- ¦
\ce{SO4^2-} ¦ SO4^- ¦ Fe^{3+} ¦ Fe3+ ¦ Fe^{2+} ¦ NaCl(aq) ¦ NaCl ¦ NaCl(s) ¦ CuSO4·5H2O ¦ CuSO_4 \cdot 5H_2O ¦
C2H5OH ¦ C2H6O ¦ Ca(OH)_2 ¦ Mg(OH)2 ¦ x \neq \pm 1 ¦ x \ne -1, x \ne 1 ¦ x \neq -1, 1 ¦
\mathbb{R} \setminus \{-1, 1\} ¦ x < -1, x > 3 ¦ x<-1 or x>3 ¦ 3\hat{i} - 2\hat{\jmath} ¦ 3i-2j ¦ \hbar\omega ¦
ħω ¦ \mathcal{O}(n^2) ¦ O(n^2) ¦ \begin{vmatrix} a & b \\ c & d \end{vmatrix} ¦ ad - bc ¦
\begin{vmatrix} 1 & 2 & 3 \\ x & y & 1 \\ 2 & 0 & 5 \end{vmatrix} ¦ (2,-1)^T ¦
\begin{pmatrix} 2 \\ -1 \end{pmatrix} ¦ \begin{pmatrix} 1 & 2 & 3 \end{pmatrix} ¦ [1, 2, 3] ¦
\frac{\pi}{3} + k\pi \quad (k \in \mathbb{Z}) ¦ \frac{\pi}{3}+\pi k ¦ (-2, 0), (3, 0) ¦ (3,0), (-2,0) ¦
1/x (x \ne 0) ¦ x > 1, x < 1 ¦ 1/2004! ¦ 1/2006! ¦ \frac{1}{2004!} ¦ 1/2^99 ¦ 1/2^98 ¦ 1 - 1/e ¦ 1 + 1/e ¦
\frac{e-1}{e} ¦ ±2021 ¦ \pm 2021 ¦ 2021 ¦ -2021, 2021 ¦ 1, 2, …, n ¦ 1, 2, ..., n ¦ 1, 3, 5, …, 2n − 1 ¦
1, 2, 3, ..., n ¦ n = 2, 3, 4 ¦ n = 1, 2, 3 ¦ n \in \{2,3,4\} ¦ D = (0, 1) ¦ D = (0, 1.5) ¦ 0 < x < 1 ¦ ]0, 1[ ¦
[0, 1[ ¦ x > 3 ¦ (3, \infty) ¦ 2x > 6 ¦ \{x \mid x > 3\} ¦ {x | x > 3} ¦ x \in (3, ∞) ¦ x ≥ 3 ¦ |x| < 3 ¦
|x-1| \ge 2 ¦ (-\infty,-1]\cup[3,\infty) ¦ x \ne 2 ¦ \mathbb{R}\setminus\{2\} ¦ \mathbb{R} ¦ ℝ ¦
all real numbers ¦ \emptyset ¦ {} ¦ (0,1)\cup(1,2) ¦ (0,2) ¦ [0,1) ∪ [1,2) ¦ x<1 or x>2 ¦ x>1 and x<3 ¦
\sqrt{12} ¦ 2\sqrt3 ¦ √12 ¦ \sqrt[3]{54} ¦ 3\sqrt[3]{2} ¦ 54^{1/3} ¦ \sqrt{3+2\sqrt2} ¦ 1+\sqrt{2} ¦ e^{i\pi/3} ¦
\frac12+\frac{\sqrt3}{2}i ¦ (1+i)^2 ¦ 2i ¦ i^2 ¦ -1 ¦ \sqrt{-4} ¦ |3+4i| ¦ 5 ¦ \sin 2x ¦ 2\sin x\cos x ¦
\sin^2 x + \cos^2 x ¦ 1 ¦ \sin^{-1} x ¦ \arcsin x ¦ \tan x ¦ \sin x/2 ¦ \cos(n\pi) ¦ (-1)^n ¦ \ln x^2 ¦ 2\ln x ¦
2\ln|x| ¦ \log 100 ¦ 2 ¦ \log_2 8 ¦ \log x + \log y ¦ \log(xy) ¦ x^2 + C ¦ x^2 + 5 + C ¦ x^2 ¦ y = 2x + 1 ¦
2x - y + 1 = 0 ¦ 2x+1 ¦ f(x) = 2x+1 ¦ y = 2x - 1 ¦ xy = 12 ¦ y = 12/x ¦ x^2+y^2=4 ¦ 2x^2+2y^2=8 ¦ x^2+y^2=5 ¦
x = 1, y = 2 ¦ (x,y) = (1,2) ¦ (1, 2) ¦ 1, 2 ¦ x=2 or x=-2 ¦ x = \pm 2 ¦ \{2,-2\} ¦ (\pm 3, 0) ¦
(3,0) and (-3,0) ¦ \pm1\pm\sqrt2 ¦ 1 \pm \sqrt2 ¦ \begin{pmatrix}1&2\\3&4\end{pmatrix} ¦ [[1,2],[3,4]] ¦
\begin{bmatrix}1\\2\end{bmatrix} ¦ \langle 1,2\rangle ¦ \frac12\begin{pmatrix}2&4\\6&8\end{pmatrix} ¦
\binom{n}{2} ¦ n(n-1)/2 ¦ \binom{5}{2} ¦ 10 ¦ 5!/(3!2!) ¦ \sum_{k=1}^{n} k^2 ¦ \sum_{i=1}^n i^2 ¦ \int_0^1 x\,dx ¦
\lim_{x\to0} \frac{\sin x}{x} ¦ \frac{dy}{dx} ¦ 0.\overline{3}x ¦ x/3 ¦ 1\frac12 x ¦ 1.5x ¦ 1/2x ¦ 1/2 x ¦
30^\circ ¦ \pi/6 ¦ 50\% ¦ 1/2 ¦ 2\pi \text{ cm} ¦ 2π ¦ 2\pi r ¦ e^{-1000\pi}+1 ¦ e^{-1000} ¦ e^{-1001} ¦ 0 ¦
\tanh 100 ¦ \cos(10^{-30}\pi) ¦ \arctan(10^{60}) ¦ \lfloor e \rfloor ¦ \max(x,y) ¦ \frac{x+y+|x-y|}{2} ¦
\gcd(12, 18) ¦ 6 ¦ x_1 + x_2 ¦ x₁+x₂ ¦ a_{n+1} = 2a_n ¦ 1,234 ¦ 1234 ¦ \infty ¦ -\infty ¦ +∞ ¦ x^{3000000000000} ¦
2^{2^{100}} ¦ 3000! ¦ (((( ¦ { ¦ \frac{1} ¦ hello ¦ x + ¦  ¦ \text{no} ¦ 日本 ¦ x^2 \text{ if } x>0 ¦ 1+2+\cdots+n ¦
P(1+r)^n ¦ f(x+1) ¦ h(a+b) ¦ S_n = n^2 ¦ 2+3 = 5 ¦ A = \pi r^2 = 9\pi ¦ 9\pi ¦ 5 = 6 ¦ \sqrt2 \approx 1.414 ¦
\sqrt{2} ¦ |x ¦ x| ¦ ||x|-1| ¦ a:b";

struct Maker<'r> {
    runner: &'r mut TestRunner,
    spellings: Vec<&'static str>,
}

/// A random expression.
#[derive(Clone)]
enum Tree {
    Leaf(String),
    Sum(Box<Tree>, Box<Tree>),
    Less(Box<Tree>, Box<Tree>),
    Product(Box<Tree>, Box<Tree>),
    Ratio(Box<Tree>, Box<Tree>),
    Power(Box<Tree>, usize),
    Root(Box<Tree>),
    Call(&'static str, Box<Tree>),
}

pub(crate) fn cases(runner: &mut TestRunner, count: usize) -> Vec<(AnswerSpec, String)> {
    let mut maker = Maker { runner, spellings: SPELLINGS.split('¦').map(str::trim).collect() };
    (0..count).map(|_| maker.case()).collect()
}

impl Maker<'_> {
    fn below(&mut self, limit: usize) -> usize {
        let limit = u32::try_from(limit).unwrap_or(1);
        usize::try_from(self.runner.rng().next_u32() % limit).unwrap_or(0)
    }

    fn one_of<'t>(&mut self, table: &[&'t str]) -> &'t str {
        table[self.below(table.len())]
    }

    fn spelling(&mut self) -> &'static str {
        let at = self.below(self.spellings.len());
        self.spellings[at]
    }

    fn case(&mut self) -> (AnswerSpec, String) {
        let (gold, reply) = match self.below(6) {
            0 => (self.spelling().to_owned(), self.spelling().to_owned()),
            1 => {
                // Neighbours in the table are the likeliest to be equal.
                let at = self.below(self.spellings.len());
                let other = (at + self.below(5)).saturating_sub(2).min(self.spellings.len() - 1);
                (self.spellings[at].to_owned(), self.spellings[other].to_owned())
            }
            2 => self.structure(),
            _ => {
                let tree = self.tree(3);
                let other = self.relative(&tree);
                (self.written(&tree), self.written(&other))
            }
        };
        (self.spec(&gold), self.marked(reply))
    }

    /// A spec as it is inferred, or as it may be given.
    fn spec(&mut self, gold: &str) -> AnswerSpec {
        if self.below(2) == 0
            && let Ok(spec) = infer(gold, "What is it?")
        {
            return spec;
        }
        let domain = (self.below(8) == 0).then(|| "x > 0".to_owned());
        let latex = gold.to_owned();
        let kind = if self.below(6) == 0 { ExpressionKind::Formula } else { ExpressionKind::Expr };
        AnswerSpec::Expression(ExpressionSpec { latex, variables: Vec::new(), domain, kind })
    }

    fn marked(&mut self, reply: String) -> String {
        match self.below(8) {
            0 => format!("So we get \\boxed{{{reply}}}."),
            1 => format!("Answer: ${reply}$"),
            2 => format!("<answer>{reply}</answer>"),
            3 => format!("{reply}."),
            _ => reply,
        }
    }

    fn leaf(&mut self) -> Tree {
        const LEAVES: &[&str] = &[
            "x", "y", "n", "a", "2", "3", "5", "7", "12", "0.5", "1.25", "\\pi", "e", "i", "x_1", "\\theta", "10", "1",
        ];
        Tree::Leaf(self.one_of(LEAVES).to_owned())
    }

    fn tree(&mut self, depth: usize) -> Tree {
        if depth == 0 || self.below(5) == 0 {
            return self.leaf();
        }
        let first = Box::new(self.tree(depth - 1));
        match self.below(9) {
            0 | 1 => Tree::Sum(first, Box::new(self.tree(depth - 1))),
            2 => Tree::Less(first, Box::new(self.tree(depth - 1))),
            3 | 4 => Tree::Product(first, Box::new(self.tree(depth - 1))),
            5 => Tree::Ratio(first, Box::new(self.tree(depth - 1))),
            6 => Tree::Power(first, self.below(4)),
            7 => Tree::Root(first),
            _ => {
                const NAMES: [&str; 10] = ["sin", "cos", "tan", "ln", "exp", "arctan", "abs", "sinh", "log", "arcsin"];
                Tree::Call(NAMES[self.below(NAMES.len())], first)
            }
        }
    }

    /// The tree itself, an equal one, one with a small change, or another one.
    fn relative(&mut self, tree: &Tree) -> Tree {
        match self.below(8) {
            0 => tree.clone(),
            1..=4 => {
                let equal = self.rewritten(tree);
                self.rewritten(&equal)
            }
            5 | 6 => {
                let equal = self.rewritten(tree);
                self.mutated(&equal)
            }
            _ => self.tree(2),
        }
    }

    fn rewritten(&mut self, tree: &Tree) -> Tree {
        let leaf = |text: &str| Box::new(Tree::Leaf(text.to_owned()));
        let mut inner = |node: &Tree| Box::new(self.rewritten(node));
        let tree = match tree {
            Tree::Leaf(_) => tree.clone(),
            Tree::Sum(a, b) => Tree::Sum(inner(b), inner(a)),
            Tree::Less(a, b) => Tree::Sum(inner(a), Box::new(Tree::Product(leaf("-1"), inner(b)))),
            Tree::Product(a, b) => Tree::Product(inner(b), inner(a)),
            Tree::Ratio(a, b) => Tree::Product(inner(a), Box::new(Tree::Ratio(leaf("1"), inner(b)))),
            Tree::Power(a, 2) => Tree::Product(inner(a), a.clone()),
            Tree::Power(a, power) => Tree::Power(inner(a), *power),
            Tree::Root(a) => Tree::Root(inner(a)),
            Tree::Call("exp", a) => {
                Tree::Ratio(leaf("1"), Box::new(Tree::Call("exp", Box::new(Tree::Product(leaf("-1"), inner(a))))))
            }
            Tree::Call("tan", a) => {
                Tree::Ratio(Box::new(Tree::Call("sin", inner(a))), Box::new(Tree::Call("cos", inner(a))))
            }
            Tree::Call(name, a) => Tree::Call(name, inner(a)),
        };
        match self.below(8) {
            0 => Tree::Ratio(Box::new(Tree::Product(leaf("6"), Box::new(tree))), leaf("6")),
            1 => Tree::Less(Box::new(Tree::Sum(Box::new(tree), leaf("y"))), leaf("y")),
            _ => tree,
        }
    }

    fn mutated(&mut self, tree: &Tree) -> Tree {
        let here = self.below(3) == 0;
        let mut inner = |node: &Tree| Box::new(self.mutated(node));
        match tree {
            Tree::Leaf(_) => self.leaf(),
            Tree::Sum(a, b) if here => Tree::Less(a.clone(), b.clone()),
            Tree::Sum(a, b) => Tree::Sum(inner(a), b.clone()),
            Tree::Less(a, b) if here => Tree::Less(b.clone(), a.clone()),
            Tree::Less(a, b) => Tree::Less(a.clone(), inner(b)),
            Tree::Product(a, b) if here => Tree::Ratio(a.clone(), b.clone()),
            Tree::Product(a, b) => Tree::Product(inner(a), b.clone()),
            Tree::Ratio(a, b) => Tree::Ratio(a.clone(), inner(b)),
            Tree::Power(a, power) => Tree::Power(a.clone(), power + 1),
            Tree::Root(a) if here => (**a).clone(),
            Tree::Root(a) => Tree::Root(inner(a)),
            Tree::Call("sin", a) if here => Tree::Call("cos", a.clone()),
            Tree::Call(name, a) => Tree::Call(name, inner(a)),
        }
    }

    /// Writes a tree in LaTeX or plainly, or in a mixture.
    fn written(&mut self, tree: &Tree) -> String {
        let latex = self.below(2) == 0;
        match tree {
            Tree::Leaf(text) => {
                if latex {
                    text.clone()
                } else {
                    text.replace("\\pi", "π").replace("\\theta", "theta")
                }
            }
            Tree::Sum(a, b) => format!("{}+{}", self.written(a), self.written(b)),
            Tree::Less(a, b) => format!("{} - {}", self.written(a), self.grouped(b)),
            Tree::Product(a, b) => {
                let sign = self.one_of(&["*", " \\cdot ", "\\times ", "·", ""]);
                format!("{}{sign}{}", self.grouped(a), self.grouped(b))
            }
            Tree::Ratio(a, b) if latex => {
                let command = self.one_of(&["frac", "dfrac", "tfrac"]);
                format!("\\{command}{{{}}}{{{}}}", self.written(a), self.written(b))
            }
            Tree::Ratio(a, b) => format!("{}/{}", self.grouped(a), self.grouped(b)),
            Tree::Power(a, power) if latex => format!("{}^{{{power}}}", self.grouped(a)),
            Tree::Power(a, power) => format!("{}{}{power}", self.grouped(a), self.one_of(&["^", "**"])),
            Tree::Root(a) if latex => format!("\\sqrt{{{}}}", self.written(a)),
            Tree::Root(a) => format!("{}({})", self.one_of(&["√", "sqrt"]), self.written(a)),
            Tree::Call("abs", a) => {
                let (open, close) = [("|", "|"), ("\\left|", "\\right|"), ("abs(", ")")][self.below(3)];
                format!("{open}{}{close}", self.written(a))
            }
            Tree::Call(name, a) if latex => match &**a {
                Tree::Leaf(text) => format!("\\{} {text}", *name),
                _ => format!("\\{name}\\left({}\\right)", self.written(a)),
            },
            Tree::Call(name, a) => format!("{name}({})", self.written(a)),
        }
    }

    fn grouped(&mut self, tree: &Tree) -> String {
        match tree {
            Tree::Leaf(text) if !text.starts_with('-') => text.clone(),
            _ => format!("({})", self.written(tree)),
        }
    }

    /// A list, relation, interval or matrix of small expressions, and a relative of it.
    fn structure(&mut self) -> (String, String) {
        let items: Vec<Tree> = (0..2 + self.below(3)).map(|_| self.tree(1)).collect();
        let mut others: Vec<Tree> = items.iter().map(|item| self.rewritten(item)).collect();
        match self.below(5) {
            0 => others.reverse(),
            1 => others[0] = self.tree(1),
            _ => {}
        }
        let shape = self.below(10);
        let shapes = if self.below(3) == 0 { (shape, self.below(10)) } else { (shape, shape) };
        (self.arranged(&items, shapes.0), self.arranged(&others, shapes.1))
    }

    fn arranged(&mut self, items: &[Tree], shape: usize) -> String {
        let texts: Vec<String> = items.iter().map(|item| self.written(item)).collect();
        let (first, last) = (&texts[0], &texts[texts.len() - 1]);
        match shape {
            0 => format!("({})", texts.join(", ")),
            1 => format!("\\{{{}\\}}", texts.join(",")),
            2 => texts.join(", "),
            3 => format!("[{first}, {last})"),
            4 => format!("{first} {} {last}", self.one_of(&["=", "<", "\\le", "≥", ">", "\\ne"])),
            5 => format!("x = {}", texts.join(" \\text{ or } x = ")),
            6 => format!("\\begin{{pmatrix}}{}\\end{{pmatrix}}", texts.join(" & ")),
            7 => format!("({first},{last}]\\cup(7, \\infty)"),
            8 => format!("{first} \\pm {last}"),
            _ => format!("z = {first}, w = {last}"),
        }
    }
}
