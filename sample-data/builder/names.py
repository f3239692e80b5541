"""The ten domains, by the names that rows carry (pipeline/domains/taxonomy.toml says what belongs in each)."""

MATH = "Math"
TECH = "Technology & Engineering"
CODING = "Coding"
SOCIAL = "Social Science"
NATURAL = "Natural Science"
TRAVEL = "Travel & Lifestyle"
COMMERCE = "Commerce & Economics"
MEDICINE = "Medicine & Health"
EDUCATION = "Education"
OTHER = "Other"
ALL = [MATH, TECH, CODING, SOCIAL, NATURAL, TRAVEL, COMMERCE, MEDICINE, EDUCATION, OTHER]
