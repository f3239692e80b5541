"""Writes World Factbook figures out as sentences: the Factbook gives them as a table, a line a figure."""

import json
import re


def _figure(people, field, key=None):
    """A field's value without its bracketed notes, and the year that the field names."""
    whole = people.get(field) or {}
    found = (whole.get(key) or {}) if key else whole
    year = re.search(r"\((?:[\w ]* )?(\d{4})", found.get("text") or "") or re.search(r"\((?:[\w ]* )?(\d{4})", json.dumps(whole))
    return re.sub(r"\s*\(.*", "", found.get("text") or "").strip(), year and year[1]


def schooling(country, people):
    """Literacy, years at school and spending on education; None where fewer than three figures are known."""
    sentences = []
    share, year = _figure(people, "Literacy", "total population")
    age = re.search(r"age (\d+) and over", _figure(people, "Literacy", "definition")[0])
    if re.fullmatch(r"[\d.]+%", share) and age and year:
        sentences.append(f"In {year}, {share} of the people of {country} aged {age[1]} and over could read and write.")
        men, women = _figure(people, "Literacy", "male")[0], _figure(people, "Literacy", "female")[0]
        if men and women:
            sentences.append(f"The literacy rate of {country} was {men} among men and {women} among women.")
    field = "School life expectancy (primary to tertiary education)"
    years, year = _figure(people, field, "total")
    if re.fullmatch(r"\d+ years", years) and year:
        sentences.append(f"A child who started school in {country} in {year} could expect {years} of schooling, "
                         f"counted from primary to tertiary education.")
        boys, girls = _figure(people, field, "male")[0], _figure(people, field, "female")[0]
        if boys and girls and boys != girls:
            sentences.append(f"For boys in {country} the school life expectancy was {boys}, and for girls it was {girls}.")
    spent, year = _figure(people, "Education expenditures")
    if re.fullmatch(r"[\d.]+% of GDP", spent) and year:
        sentences.append(f"Public spending on education in {country} came to {spent} in {year}.")
    return " ".join(sentences) if len(sentences) >= 3 else None


def health(country, people):
    """Life expectancy, doctors, beds, spending and disease; None where fewer than five figures are known."""
    sentences = []

    def say(field, pattern, sentence, key=None):
        value, year = _figure(people, field, key)
        number = re.fullmatch(pattern, value)
        if number and year:
            sentences.append(sentence.format(number[1], country=country, year=year))

    say("Life expectancy at birth", r"([\d.]+ years)", "In {year}, life expectancy at birth in {country} was {0}.", "total population")
    men, women = (_figure(people, "Life expectancy at birth", k)[0] for k in ("male", "female"))
    if sentences and men and women:
        sentences.append(f"A boy born in {country} that year could expect to live {men}, and a girl {women}.")
    say("Infant mortality rate", r"([\d.]+) deaths/1,000 live births",
        "Out of every 1,000 live births in {country}, {0} infants died before the age of one, by an estimate for {year}.", "total")
    say("Physicians density", r"([\d.]+) physicians/1,000 population", "In {year}, {country} had {0} physicians for every 1,000 people.")
    say("Hospital bed density", r"([\d.]+) beds/1,000 population", "Hospitals in {country} had {0} beds for every 1,000 people in {year}.")
    say("Health expenditures", r"([\d.]+% of GDP)", "Spending on health care in {country} came to {0} in {year}.")
    say("HIV/AIDS - adult prevalence rate", r"([\d.]+%)", "About {0} of the adults of {country} lived with HIV/AIDS in {year}.")
    say("Obesity - adult prevalence rate", r"([\d.]+%)", "Obesity affected {0} of the adults of {country} in {year}.")
    say("Children under the age of 5 years underweight", r"([\d.]+%)", "In {year}, {0} of the children under the age of five in {country} were underweight.")
    diseases = (people.get("Major infectious diseases") or {}).get("vectorborne diseases") or {}
    listed = re.sub(r"\s*\(\d{4}\)$|;.*", "", diseases.get("text") or "").strip()
    if re.fullmatch(r"[\w ,'-]+", listed) and listed.count(" ") > 2:
        sentences.append(f"Insects and other carriers spread {listed} in {country}.")
    return " ".join(sentences) if len(sentences) >= 6 else None
