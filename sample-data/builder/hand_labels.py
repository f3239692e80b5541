"""Domains given by hand, by reading, to articles whose metadata the rules in domains.py cannot or do misjudge.

`DROPPED` holds articles that a rule claims and a reader would argue about: they carry no label.
"""

from . import names


def _titles(text):
    return frozenset(t.strip() for t in text.replace("\n", ";").split(";") if t.strip())


BY_HAND = {
    names.MEDICINE: _titles("""
        Abdomen; Acne; Adrenal gland; Alcohol intoxication; Alcoholism; Amphetamine; Anemia; Arm; Auditory system; Bipolar disorder
        Bladder; Bleeding; Blood pressure; Blood sugar level; Blood test; Blood transfusion; Blood type; Blunt trauma
        Bone fracture; Botulism; Brainstem; Breast; Breastfeeding; Bubonic plague; Cannabis (drug); Central nervous system; Cerebellum
        Cerebrum; Chemotherapy; Color blindness; Coma; Defecation; Delusion; Diarrhea; Dietary supplement; Dyslexia; Endocrine system
        Esophagus; Female reproductive system; Foot; Frostbite; Fungal infection; Gangrene; Gastrointestinal tract
        Gout; Hallucination; Hand; Hearing loss; Herbal medicine; HIV; Human brain; Human eye; Human tooth; Hypertension; Infertility
        Insulin; Integumentary system; Jaw; Joint; Kidney; Large intestine; Ligament; Lumbar puncture; Lung cancer; Lymphatic system
        Male reproductive system; Menopause; Menstrual cycle; Muscular system; Nail (anatomy); Nervous tissue; Neurosis; Nose; Opium
        Oral hygiene; Pancreas; Peripheral nervous system; Placenta; Psychosis; Puberty; Pulse; Rabies; Reflex; Respiratory failure
        Root canal; Skull; Small intestine; Smoking cessation; Spinal column; Spinal cord; Spleen; Stomach; Tendon; Testosterone
        Thyroid; Tongue; Urinary system; Vegetative state; Visual impairment; Weight loss; Wound; Autism; Gastroenteritis; Dementia
        Cardiovascular disease; Disability; Drug; Disease; Birth control; Bone; Digestion; Immune system; Infection; Stroke; Antibiotic
        Allergy; Abortion; Cardiopulmonary bypass; Electrocardiography; Endoscopy; Magnetic resonance imaging; Syringe
        Medical ultrasound; Stethoscope; Artificial organ; Liver; Lung; Heart; Ovary; Uterus; Penis; Vagina; Testicle
        Female genital mutilation; Personal protective equipment; Thorax; Amnesia; Tooth decay; Prosthesis
    """),
    names.TECH: _titles("""
        Air conditioning; Air traffic control; Aircraft carrier; Aircraft engine; Airplane; Airship; Apollo 11; Apollo program
        Artillery; Attack aircraft; Automation; Aviation; Balloon (aeronautics); Barge; Bearing (mechanical); Boat; Bomber; Ceiling
        Central heating; Chemical engineering; Chemical plant; Chimney; Column; Combine harvester; Data communication; Desalination
        Drainage; Fighter aircraft; Fixed-wing aircraft; Glider (aircraft); Handgun; Helicopter; Holography; Home appliance
        Hot air balloon; Hovercraft; Inclined plane; Interferometry; IPhone; Jet aircraft; Jet engine; Launch vehicle; Levee; Lighting
        London Underground; Mass production; Mechanization; Microphone; Military aircraft; Nail (fastener); Napalm
        New York City Subway; Nut (hardware); Oil refinery; Passenger ship; Petrochemical; Pipe (fluid conveyance); Pixel; Plumbing
        Port; Punched card; Qanat; Refrigerator; Riverboat; Rivet; Screw; Screw mechanism; Shinkansen; Shotgun; Signal-to-noise ratio
        Smelting; Sonar; Sound recording and reproduction; Soyuz (spacecraft); Space Shuttle; Spacecraft; Speech synthesis; Steamship
        Submarine; Technical drawing; Telegraphy; Tram; Unmanned aerial vehicle; Vacuum cleaner; Waste management; Wire; Plough; Wheel
        Radar; Radio; Refrigeration; Road; Robotics; Steel; Concrete; Construction; Civil engineering; Clock; Compass; Canal; Dam
        Nuclear power; Wind power; Renewable energy; Vehicle; Firearm; Gunpowder; Internet; Infrastructure; Bronze
        Soviet space program; Voyager program; Spaceflight; Irrigation; Weaving; Electric light; Hubble Space Telescope
        International Space Station; Sputnik 1; Alloy; Engine; Wing; Mirror; Window
    """),
    names.SOCIAL: _titles("""
        Ableism; Aboriginal Australians; Adivasi; Adposition; Adverb; Hunter-gatherer; African Union; Arab League; Assassination; Cavalry; Census
        Child labour; Counterinsurgency; Coup d'état; Cultural assimilation; Demography; Diaspora; Domestic violence
        Egyptian Arabic; Espionage; Ethnocentrism; Etymology; Gender equality; Haudenosaunee; Inheritance; Insurgency
        International relations; Invasion; Legislature; Magna Carta; Marxism–Leninism; Militia; Min Chinese; Multiculturalism; Murder
        Negligence; One-child policy; Opinion poll; Patriotism; Phonetics; Phrase; Prejudice; Public administration; Punishment
        Referendum; Riot; Sovereignty; Subculture; Syntax; Theocracy; Totalitarianism; Trial; UNICEF; Wu Chinese; Blockade; Civil service
        Civil society; Military exercise; Human trafficking; International Covenant on Economic, Social and Cultural Rights
        Social class; Social equality; Social science; Socialism; Society; Sociology; Anthropology; Archaeology; Colonialism; Communism
        Community; Conservatism; Constitution; Crime; Decolonization; Diplomacy; Discrimination; Genocide; Imperialism
        Indigenous peoples; Racism; Stone Age; Bronze Age; Iron Age; Ancient Rome; Ancient history; Age of Discovery; Culture; Anarchism
        Cyrillic script; Brahmic scripts; Arabic script; Chinese characters; Joseph Stalin; Adolf Hitler; Abraham Lincoln; Cleopatra
        George Washington; Nelson Mandela; Charlemagne; Catherine the Great; Augustus; Akbar; Ashoka; Alexander the Great
        Qin Shi Huang; Wu Zetian; Ramesses II; Atlantic slave trade; Psychoanalysis
    """),
    names.NATURAL: _titles("""
        Amino acid; Amoeba; Animal coloration; Animal locomotion; Animal migration; Asexual reproduction; Bilateria; Binomial nomenclature
        Brown bear; Camouflage; Cell signaling; Cellular respiration; Centipede; Cheetah; Chelicerata; Chitin; Circadian rhythm; Cnidaria
        Competition (biology); Coral; Cougar; Decomposition; Deep-sea fish; Dingo; Dinoflagellate; Domain (taxonomy); Dromedary
        Earthworm; Ecological niche; Elephant; Ethology; Fatty acid; Gill; Glucose; Glycolysis; Gnathostomata; Hexapoda; Hibernation
        Homo habilis; Invasive species; Invertebrate; Jaguar; Jellyfish; Kangaroo; Koala; Lactose; Larva; Lion; Mite; Monkey; Moulting
        Mutation; Myriapoda; Newt; Nymph (biology); Parasitism; Passenger pigeon; Pheromone; Rock dove; Scale (zoology)
        Sexual dimorphism; Sponge; Spore; Stork; Swallowtail butterfly; Tasmanian devil; Vicuña; Whiskers; Yak; Zebra; Galaxy; Gas
        Genetics; Gold; Gravity; Outer space; Oxygen; Natural selection; Nitrogen; Carbohydrate; Carbon; Carbon dioxide; Climate change
        Coal; Comet; Copper; Dinosaur; Fish; Flood; Flower; Grassland; Rain; Biodiversity; Botany; Universe; Iron; Abiogenesis; Soil; Solid
        Amazon rainforest; Atmosphere of Earth; Internal structure of Earth; Species; State of matter; Vacuum; Velocity; Wave; Force
    """),
    names.TRAVEL: _titles("""
        Birthday; Carnival; New Year; New Year's Eve; Chinese New Year; Harvest festival; Vegetarianism; Gambling; Card game
        Video game; Furniture; Sport; Swimming; Travel; Gardening; Passport; Perfume; Jewellery; Garden; Disneyland; Walking
        Casino; Hotel; Restaurant; Body piercing; Tattoo; Festival; Hamburger; Sushi; Pizza; Whisky; Karaoke
    """),
    names.COMMERCE: _titles("""
        Bankruptcy; Black market; Cheque; Financial crime; Goods; Logistics; McDonald's; Nintendo; OPEC; Productivity; Public relations
        Business; Corporation; Finance; Insurance; Retail; Globalization; Great Depression; Wall Street crash of 1929; Nonprofit organization
    """),
    names.CODING: _titles("HTTP; Website"),
    names.EDUCATION: _titles("""
        University; Academic journal; Reading; Maria Montessori; John Dewey; Scouting; Exam; Encyclopedia
        Nature (journal); Science (journal)
    """),
}
DROPPED = _titles("""
    Martial arts; Telecommunications; History of theatre; Al-Shafi'i; Huldrych Zwingli; History of computing hardware; Das Kapital; Exercise
    Dictionary; Booker T. Washington; Physiology; Tissue (biology); Connective tissue; White blood cell; Measurement; Ruler; Joan of Arc
    Freedom of religion; Aerial warfare; Fortification; Biotechnology; Military–industrial complex; Colosseum; Kremlin; Sunni Islam; David
    The Birth of a Nation; Thomas Müntzer; Franz Boas; Knights Templar; Hope; Trail; Watch; Granary; Film festival; Shopping center; Linen
    Feminine hygiene; Culinary arts; Knossos; Chaldea; Body mass index; Bandage; Dentures; Vitamin; Airline; Algorithm; Halloween
    Poison; Human; Transport; Holy See; Textile manufacturing; Aerospace manufacturer; Armour
    Venom; Physical disability; Accuracy and precision; Dielectric; Copyright; Muhammad Ali; Randomized controlled trial
    Dutch East India Company; Holiday; Magnet; Programmed cell death; Game show; Word processor; Riddle; Action figure
    Domestic worker; Poverty; Illegal drug trade; Silk Road; Economic inequality; Amanita phalloides; Military education and training
    Abacus; Computing; Club (weapon); Boomerang; Cycling; Gregorian calendar; Euclid; Arabic numerals; Industrialisation; Film industry
    Music industry; Retirement; Clothing industry; Genetic engineering; Cloning; Genetically modified organism; Biological warfare
    Stove; Castle; Tarot; Shape; Death; Nature; Apollo; Rights; Herd; Whale
    Human sexuality; Decibel; Recreational drug use; Diet (nutrition); Protein (nutrient); Alcohol (drug); Museum; Palace
    Mathematics; Number; Time; Day; Year; Month; Light; Space; Engineering; Science; Technology; Art; Knowledge; Information
""")


def by_hand(title):
    """The domain given to a title by hand, DROPPED for a title that gets none, or None where the rules decide."""
    if title in DROPPED:
        return DROPPED
    return next((domain for domain, titles in BY_HAND.items() if title in titles), None)
