/// Words of one kind, of which one in the place of another makes a question ask for something else. Written for this project.
enum WordClassTable {
    /// Groups of words, divided by semicolons.
    static let text = """
        dog cat rabbit hamster guinea-pig parrot budgie canary tortoise goldfish gerbil ferret snake lizard mouse rat
        horse pony chinchilla; cow pig sheep goat chicken duck goose turkey donkey horse bull lamb; fox wolf bear deer
        hedgehog squirrel badger lion tiger elephant giraffe monkey owl eagle; puppy kitten foal calf lamb chick piglet
        cub; sister brother stepsister stepbrother twin half-sister half-brother; mother father mum dad stepmother
        stepfather mom; sister brother mother father son daughter aunt uncle cousin niece nephew grandmother grandfather
        wife husband; grandmother grandfather grandma grandpa granny grandad; mother-in-law father-in-law sister-in-law
        brother-in-law son-in-law daughter-in-law; friend neighbour colleague boss landlord flatmate teacher cousin
        babysitter tenant; my your his her our their its; wife husband girlfriend boyfriend fiance ex; tea coffee cocoa
        mate cappuccino latte matcha; water juice lemonade cola milk squash smoothie soda; beer wine whisky gin vodka
        rum cider champagne sherry; breakfast brunch lunch dinner tea snack dessert starter; apple pear banana orange
        plum cherry strawberry grape lemon mango peach kiwi; carrot potato onion tomato cabbage leek pea bean pepper
        spinach beetroot; beef pork lamb chicken turkey ham bacon sausage duck veal; salmon tuna cod trout herring prawn
        crab lobster mussel oyster; pizza pasta soup curry stew salad pie lasagne risotto sandwich burger omelette; cake
        biscuit chocolate pancake waffle muffin tart ice-cream pudding doughnut; peanut gluten lactose egg shellfish soy
        sesame pollen dust penicillin latex wasp bee; salt pepper paprika cinnamon ginger cumin basil thyme garlic
        chilli; kitchen bedroom bathroom lounge hallway cellar attic study garage nursery pantry; door window roof wall
        floor ceiling chimney balcony gate fence; table chair sofa bed desk wardrobe shelf cupboard drawer bench; fridge
        oven dishwasher kettle toaster freezer microwave boiler dryer hoover; piano guitar violin cello flute trumpet
        drums clarinet saxophone harp accordion ukulele; jazz rock classical folk pop blues opera metal reggae techno;
        football tennis rugby cricket hockey basketball volleyball golf badminton swimming rowing boxing; hiking
        climbing skiing sailing cycling camping fishing surfing canoeing riding; knitting painting gardening chess
        photography baking reading dancing pottery birdwatching singing; chess draughts poker bridge scrabble backgammon
        dominoes darts snooker; book film song series album game podcast magazine poem; author director singer actor
        painter poet composer band; car bike motorbike van lorry bus scooter tractor caravan boat tram; bus train tram
        ferry plane taxi underground; tyre engine brake boot bonnet windscreen battery exhaust mirror; passport visa
        licence certificate contract will ticket invoice receipt deed; pin password username postcode combination
        serial-number; phone-number account-number passport-number plate-number membership-number insurance-number
        room-number; gate alarm bike garage safe locker phone door laptop wifi card suitcase; car-insurance
        home-insurance life-insurance health-insurance travel-insurance dog-insurance; dentist doctor vet hairdresser
        optician lawyer accountant plumber electrician mechanic physiotherapist; teacher nurse baker carpenter engineer
        pilot cook farmer butcher journalist architect police-officer; cardiologist dermatologist surgeon psychiatrist
        neurologist paediatrician oncologist; head neck shoulder arm elbow hand finger back hip knee leg ankle foot; eye
        ear nose tooth heart liver kidney lung stomach skin; cold flu asthma diabetes migraine measles eczema hayfever
        arthritis; tablet syrup inhaler ointment injection drops plaster; phone laptop tablet printer camera router
        television radio watch speaker; screen keyboard mouse disk battery processor fan charger webcam microphone;
        monday tuesday wednesday thursday friday saturday sunday; january february march april may june july august
        september october november december; spring summer autumn winter midsummer monsoon; christmas easter halloween
        new-year birthday anniversary valentine; morning noon afternoon evening night midnight dawn; today tomorrow
        yesterday tonight weekend weekday; second minute hour day week month year decade; first second third last next
        middle; one two three four five six seven eight nine ten eleven twelve; red blue green yellow black white brown
        grey orange purple pink turquoise; school library station church museum market hospital pharmacy bakery gym
        cinema pub; baker butcher grocer chemist florist bookshop supermarket ironmonger; sea lake river mountain forest
        beach island valley desert; london paris berlin rome madrid vienna lisbon oslo dublin prague; france germany
        italy spain portugal norway ireland poland greece japan canada; english french german italian spanish portuguese
        dutch polish greek japanese latin; north south east west left right up down; rose tulip fern cactus ivy orchid
        lavender sunflower lily basil; oak beech pine birch maple willow ash chestnut; hammer saw drill spanner
        screwdriver pliers rake spade ladder axe; shirt trousers jacket skirt dress jumper socks shoes hat scarf gloves;
        ring necklace bracelet earring watch brooch; suitcase rucksack briefcase wallet handbag satchel; keys wallet
        glasses umbrella phone charger remote; boss colleague client assistant intern supplier trainee secretary; office
        department team branch factory warehouse; maths physics chemistry biology history geography music art latin;
        teacher pupil headmaster secretary classmate caretaker professor; kindergarten primary-school secondary-school
        school university apprenticeship; wedding funeral birthday christening graduation party concert meeting
        interview exam; engagement wedding divorce birth christening funeral; name age breed colour weight birthday food
        vet chip collar; name age birthday job address height hobby nickname number city school; colour size price brand
        model age weight material place; address rent size floor landlord age heating; time place topic length leader
        room; colour food drink film book song band season animal number sport; salary rent mortgage tax pension fee
        deposit bill savings loan; gas water electricity internet telephone heating rubbish; gold silver iron copper
        wood glass plastic leather wool cotton; kilogram gram metre mile litre pint degree inch; who what when where why
        how; f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12; ctrl shift alt cmd option fn; enter escape tab space backspace
        delete home end insert; up down left right page-up page-down; panel theme key plugin network file command
        setting fact menu; panel title border footer menu status-bar prompt cursor; open save close rename copy delete
        print export import; start stop resume quit restart repeat; train test forget tune reset freeze; loss rate step
        epoch batch seed accuracy temperature; parameters layers heads width vocabulary context speed; text image sound
        video spreadsheet archive; above below beside behind inside under on; begin end; start end; depart arrive; leave
        land; leave arrive; open close; buy sell; bought sold; lend repair; buy repair; buy clean; buy own; morning
        evening night afternoon; today tomorrow yesterday; breakfast lunch dinner; early night late; first last; front
        back; left right; upper lower; big small; choir band orchestra; alto tenor soprano bass; solo duet; concert
        rehearsal; lecture seminar exam; thesis essay homework; statistics chemistry physics biology history maths
        latin; student teacher; dean supervisor; course thesis; flour milk sugar butter yeast; bread roll cake pie; rye
        wheat spelt; honey wax; hive press queen; shoe dress ring hat glove coat trouser; tyre brake chain saddle; oil
        petrol diesel; inspection tax insurance; mixer oven fridge; heating car computer; drill ladder hammer saw
        umbrella; key phone wallet; hotel flight train bus ferry; holiday expense; wifi printer laptop router phone;
        password name; jacket oar sail anchor; boat car bike motorbike; swim run cycle sail ski; swimming running
        cycling sailing; swim sail ski surf; run swim; code key; ward hospital room; locker phone; phone locker bank
        account; pill drop cream; dentist optician hairdresser; dentist doctor vet barber; haircut appointment dentist;
        manager landlord doctor; brother uncle; breed name; breed called; age name; old called; colour name; long
        called; far near; garage safe cellar; door garage safe gate; dog cat; bus train tram ferry plane; release
        freeze; freeze launch; guest staff; own guest; film book song; steak egg; chocolate present; water feed; feed
        groom walk; plant cat dog; car boat house; telescope microscope; price weight size age colour; weight height;
        length width depth; kilometre hour; salary rent; rent loan; address phone email; birthday wedding; birthday
        anniversary funeral; hobby job
        """
}
