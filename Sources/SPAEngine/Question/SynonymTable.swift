/// Words with which a question asks for the same, a few in each group; a word may stand in several groups. Written for
/// this project.
enum SynonymTable {
    /// Groups of words, divided by semicolons.
    static let text = """
        marry wed anniversary marriage married wedding; marry wedded married wed; spouse wife partner; spouse husband
        hubby; wife missus partner; husband partner spouse; significant partner; engagement engaged fiance; fiancee
        fiance; betrothed fiance; girlfriend partner; boyfriend partner; split divorce separate divorced separated; name
        call called named; dub call called dubbed; handle nickname alias; nickname moniker alias; lastname surname;
        surname family; forename firstname first; given firstname; reside live stay address home lived lives; live dwell
        based reside stay; street address location; postcode address; zip postcode postal zipcode; place where city
        location town; town village; town hamlet place; nation country; district region; district area; neighborhood
        neighbourhood area quarter; street lane avenue; road lane avenue; date when day; time when hour clock; oclock
        when hour time; whom who; whose belong; own whose; who belong; who own; reason why; why cause purpose; way how
        method; way means method; manner how; howto instructions procedure steps; many number amount count quantity;
        amount much cost price; quantity much amount; duration long last length; tall height; tall high; old age years;
        old aged age; far distance kilometres miles; far away distance; frequency often frequently regularly; weight
        heavy weigh weighs; weigh pounds weight; weight kilos pounds; large big size; little small tiny; size
        measurement dimensions; wide width breadth; depth deep; speed fast quick rapid; quick swift fast; slow sluggish;
        work job career living occupation profession; position job role; employment job work; trade profession; work
        employed employer; employer company firm; business company enterprise; business firm company; colleague coworker
        workmate; manager boss supervisor; chief boss; boss head; boss superior; manager lead leader; worker employee
        staff; staff personnel team; group team crew squad; pay salary earnings income wage wages; earn make paid
        salary; earn income earned; retire retirement pension; employ hire recruit employed hired recruited; fire
        dismiss sack dismissed fired sacked; quit resign; hours shift schedule; appointment meeting; appointment
        interview; office workplace; desk workplace; workstation desk; department division section; client customer;
        buyer customer; chore job; due deadline expire; promotion promote promoted; holiday vacation trip; leave
        vacation; break holiday; holiday getaway; leave absence; physician doctor gp; doc doctor; medic doctor; dentist
        dental teeth tooth; dentist orthodontist; vet veterinarian veterinary; surgeon operation; surgery operation
        operated; therapist counsellor counselor; physiotherapist physio physiotherapy; pharmacist chemist pharmacy;
        pharmacy drugstore chemist; optometrist optician; glasses spectacles specs; lenses contacts; clinic hospital;
        practice clinic; surgery clinic; caregiver carer caretaker; sick ill unwell; illness sickness condition disease;
        ache pain hurt; sore hurt ache; injury hurt wound injured; injury broke broken fracture; break broke fractured
        broken fracture; medication medicine drug; pill medicine tablet pills tablets; prescription medication; dosage
        dose amount; vaccine vaccination jab vaccinated jabbed; vaccine shot jab vaccination; allergy allergic
        intolerant; allergies allergic allergy; intolerant intolerance; diabetic diabetes; asthma asthmatic; inhaler
        puffer; bloodtype blood; kind type race; sort type kind; category type; kind variety sort; species kind type;
        make manufacturer maker; producer maker manufacturer; model type version; version release edition; version
        revision; colour color hue shade; coloured colored; gray grey; shade tone; tint tone; car vehicle auto;
        automobile car; bicycle bike cycle; motorbike motorcycle; truck lorry; van minibus; railway train rail;
        streetcar tram trolley; subway underground metro tube; aeroplane plane aircraft airplane; fly flight flew flown;
        flying flight fly; boat vessel; ship vessel; cab taxi; drove drive driven driving; ride rode ridden riding;
        licence license permit; registration plate numberplate; parked parking park; garage mechanic repairman; tire
        tyre; gas petrol fuel gasoline; fuel diesel petrol; fill refuel; boot trunk; bonnet hood; windshield windscreen;
        insurer insured; policy insurer; policy insurance; mot inspection; mot checkup; check checkup examination;
        checkup exam examination; maintenance service servicing; pin code number passcode; passphrase password code
        passcode; login signin logon; username login user; username account; handle username; combination code; profile
        account; unlock open; wifi wireless wlan; wifi internet; net internet web; online internet web; birthday born
        birth; birthday birthdate dob; born birthplace; favourite favorite preferred best like; favourite prefer
        favorite preferred; like love enjoy; like fond; rather prefer preferred; adore love; fun enjoy like; dislike
        hate detest loathe; want wish desire; need require required; needed necessary required; start begin began begun
        started; start commence; start launch run; quit exit close end leave; end finish; end stop; finish complete
        done; finished complete completed finish; cancel stop abort halt interrupt; pause halt freeze; pause stop halt;
        suspend pause hold; resume continue carry; resume proceed continue; remove delete erase; delete wipe clear;
        erase wipe delete; empty clear wipe; restore reset; default restore; reboot restart relaunch; display show view;
        reveal show; screen display monitor; look view; hide conceal; hide hidden invisible; change switch alter set
        toggle; change modify edit alter; change adjust; modify amend alter edit; toggle flip switch; swap switch
        change; swap exchange; replace swap; replace substitute; lower decrease reduce down; shrink reduce; increase
        raise higher louder; up raise higher increase; increase grow; loud louder volume; volume loudness sound; quieter
        quiet volume; silence mute silent; audio sound; open load; start open; save keep store stored; saved stored
        store save; kept keep store stored; keep hold; held hold; find locate search; find found; find look search;
        search seek; search lookup; locate where find; choose chose chosen pick select; choice option; setting
        preference; preference option; preferences settings options; configuration settings; configure setup set;
        install setup; install installation installed; add install; uninstall remove; add insert; add append; create
        make made; create new; build make; build built construct; duplicate copy; clone copy; undo revert; redo repeat;
        relocate move relocated; printout print; printing printer print; scan scanner; send sent transmit; send mail;
        submit enter; received get; got get obtain; bring fetch; bring get; bring brought; took take taken; give gave
        given; present gift; buy bought purchase purchased; get buy; sold sell; pay paid payment; cost expense; fee
        charge cost pay price; rental rent; rent lease; landlady owner; tenant renter; loan borrowed; debt owe owed;
        invoice bill; budget money; cash money; funds money; saved savings; reimbursement refund; subscription
        membership; subscription plan; member membership; join member joined; reduction discount rebate; cheap
        inexpensive affordable; expensive costly dear pricey; free gratis; donation donate charity; flat apartment home;
        chamber room; lounge sitting; toilet loo bathroom restroom; toilet lavatory wc; bathtub bath; bathe shower;
        basement cellar; attic loft; floor storey; story storey; elevator lift; staircase stairs steps; entry entrance;
        yard garden; lawn grass; heater heating radiator; boiler heater; degrees temperature; chilly cold; cold cool;
        tap faucet; power electricity electric; socket plug outlet; breaker fuse; light lamp; torch flashlight; rubbish
        garbage trash waste; rubbish bin trash; bin dustbin trash; rubbish bins garbage; collect collection collected;
        collect pick; cleaner cleaning; washing laundry; washing washed wash; dishes dishwasher; refrigerator fridge;
        cooker stove oven; stove hob; hoover vacuum; sofa couch settee; wardrobe closet; cabinet cupboard; shelf
        shelves; drapes curtain curtains; duvet quilt; asleep sleep slept; bedtime bed; wake woke awake woken; mom mum
        mother; mummy mum mama; mother mama mum; father dad; daddy dad papa; parent folks parents; grandma grandmother
        gran granny nana; grandpa grandfather grandad granddad; kid child children; kids child children; baby infant
        newborn; son boy; daughter girl; bro brother; sister sis; auntie aunt; uncle unc; grandchildren grandchild
        grandkids; godmother godparent; godparent godfather; relation relative kin; relatives family; ancestor
        forefather; descend origin roots; mate friend buddy pal; chum friend; bestfriend bestie; neighbor neighbour;
        neighbour nextdoor; neighbors neighbours; roommate flatmate; flatmate housemate; visitor guest; visited visiting
        visit; meet met; encounter meet; acquaintance friend; lad boy; lass girl; man guy; man men; woman lady; woman
        women; people persons; people person; babysitter sitter; nanny childminder; babysitter childminder; pet animal;
        dog hound; dog doggy; dog pooch; puppy pup; cat kitty; cat puss; kitten kitty; bunny rabbit; budgerigar budgie;
        turtle tortoise; rooster cockerel; fed feed; food feed; lead collar; lead leash; kennel doghouse; hutch cage;
        tank aquarium; chip microchip; groomer grooming; walked walking walk; walk stroll; spayed neutered castrated;
        school academy; uni university college; study university studied; learn study studied; subject major;
        qualification degree; diploma degree; graduation graduate graduated; class lesson; mark grade; test exam; test
        quiz; homework assignment; thesis dissertation; teacher tutor; teacher instructor; teacher teach taught;
        professor lecturer; pupil student; principal headmaster; principal headmistress; nursery kindergarten daycare;
        preschool kindergarten nursery; nursery creche daycare; semester term; timetable schedule; mathematics maths
        math; gym pe; teach instruct taught; learn learnt learned; know knew known; know aware; recall remember;
        reminder remind; forget forgot forgotten; tell told; said say; speak spoke spoken; speak talk; speak language;
        language tongue; chat talk conversation; dialogue conversation dialog; discuss discussion; question ask asked;
        question query; reply answer respond; response answer reply; text message; memo note; wrote write written; enter
        type typed; result output; result outcome; mail email; parcel package; parcel delivery; delivery deliver
        delivered; arrive delivery; phone telephone cell mobile number; phone handset mobile; phone smartphone; mobile
        cellphone cell; phone call; ring call; dial call; contact reach; emergency urgent; ate eat eaten; diet eat;
        cooked cooking cook; prepare cook; baked baking bake; cook chef; supper dinner; nibble snack; dessert pudding;
        afters dessert; afters sweet; appetiser starter appetizer; drink drank drunk; drink beverage; candy sweets;
        biscuit cookie; crisps chips; aubergine eggplant; zucchini courgette; coriander cilantro; rocket arugula; prawn
        shrimp; corn sweetcorn; oatmeal porridge oats; carbonated fizzy sparkling; loaf bread; gluten coeliac celiac;
        veggie vegetarian meatless; vegan plantbased; spice spicy; ingredient contain; restaurant eatery; restaurant
        diner; cafe coffeehouse; takeaway takeout; bakery baker; grocer grocery; supermarket grocery; shop supermarket;
        shop store; reserve book booked reserved; reservation book booking; hunger hungry; thirsty thirst; travel trip
        journey; traveled travelled travel; commute journey travel; where destination; depart departure; leave depart;
        leave left; leave go; go went gone; travel go; arrival arrive; arrive come; return come; come came; originate
        come; abroad overseas; track rail; carrier airline; baggage luggage; suitcase luggage bags; backpack rucksack;
        accommodation hotel; hostel accommodation; camp campsite; beach seaside; coast seaside shore; sea ocean; wood
        forest; woods forest; isle island; map route; way route; path route; noon midday; weekly week; monthly month;
        daily day; yearly year annual; weeks fortnight; fall autumn; christmas xmas; following next; upcoming next; last
        latest; previous former; previous before; former ex; present current; now current; now currently; newest latest;
        recent latest; soon early; delayed late; usually always; normally usually; normal usual; regularly regular; two
        twice; twelve dozen; percent percentage; total sum; maximum max; most maximum; minimum min; least minimum;
        maximum limit; cap limit; trainers shoe sneakers; trousers pants; sweater jumper pullover; sweater cardigan;
        undershirt vest; waistcoat vest; dress gown; tie necktie; cap hat; tights pantyhose; swimsuit swimwear; swam
        swim; pyjamas pajamas; pyjamas nightwear; jewelry jewellery; wristwatch watch; umbrella brolly; clothing
        clothes; garments clothes outfit; wear wore worn; tailor seamstress; hairdresser barber; haircut hairdresser;
        haircut hair; hairstyle hair; beard whiskers; feet foot; tummy stomach belly; heart cardiologist; skin
        dermatologist; paediatrician pediatrician; gynecologist gynaecologist; hearing ear; vision sight eyesight;
        vision eye; hobby pastime; hobby interest; hobby activity; hobby leisure; exercise workout; training workout;
        player play; practise practice; rehearsal practice; rehearsal rehearse; coach trainer; game match; score points;
        result score; won win; victory win; lost lose; ran run; jog run jogging; soccer football; footy football; rugby
        rugger; racquet racket; tennis racket; angling fishing; handicraft craft; draw drew drawn; painter artist; photo
        photograph picture; picture image photo; collect collector; jigsaw puzzle; sang sing sung; vocalist singer; tune
        song; tune melody; piano pianist; guitarist guitar; violin violinist fiddle; drum drummer drums; flautist flute;
        trumpeter trumpet; album record; recording recorded record; concert gig; concert show; hear listen; novel book;
        read book; novel story; story tale; writer author wrote; poem poet; poem verse; periodical magazine; movie film;
        picture film; movie flick; cinema movies; actor actress; directed director; application program app software;
        television tv telly; view watch; theatre theater; centre center; party celebration celebrate; occasion event;
        burial funeral; cemetery grave; die death died; died dead; baptised christened baptized; baptism christening;
        religion faith; priest vicar; vicar pastor; solicitor lawyer attorney; notarial notary; accountant bookkeeper;
        adviser advisor; plumber plumbing; electrical electrician; joiner carpenter; contractor builder; repair fix;
        mend fix; faulty broken; defective broken; bug error; mistake error; failure error; failure fail; problem issue;
        trouble problem; alert warning; assist help; help support assistance; manual guide; manual handbook; manual
        instructions; instruction direction; explain describe; mean explain; mean signify; definition meaning;
        description describe; appearance look; employ use; usage use; function purpose; function feature; did do done
        does; able can; could can; possible can; skill ability; skill talent; permit allow; let allow; rights
        permission; permission allowed; forbid forbidden; enable activate; enable turn; disable deactivate; key shortcut
        hotkey; press hit; press push; press tap click; strike hit; command cmd; escape esc; control ctrl; tab
        tabulator; space spacebar; arrow cursor; cursor pointer; trackpad touchpad; zoom enlarge; zoom magnify; bigger
        enlarge; bigger larger; smaller shrink; font typeface; font text; text words; word term; appearance theme;
        bright brightness; status state; status progress; panel pane; window pane; panel sidebar; enumerate list; dialog
        window; popup dialog; terminal console shell; column col; document file; doc document; folder directory; suffix
        extension; layout format; arrangement layout; backup copy; archive store; zip compress; download fetch; send
        upload; sync synchronise synchronize; share send; attachment attach; link url; url address; website site;
        disconnected offline; connect connection; disconnect unplug; computer pc; laptop notebook; laptop computer;
        computer desktop; ipad tablet; gadget device; cpu processor; graphics gpu; accelerator gpu; charging charger;
        adapter charger; cable cord; wire cable; headphones earphones; headphones headset; speaker loudspeaker; mic
        microphone; plug-in plugin; addon plugin extension; module plugin; component module; net network; training
        trained train; training teaching; retrain train; forget untrain; forget unlearn; sample example; dataset data;
        dataset corpus; knowledge know; step iteration; accuracy accurate correct; precise accurate exact; right
        correct; wrong incorrect; wrong mistaken; right true; evaluation evaluate; test evaluate; validate validation
        check; verify check; test check; verify confirm; confirmation confirm; comparison compare; differ difference
        different; identical same; alike similar; prediction predict; guess predict; estimate guess; generate produce;
        generate make; tokeniser tokenizer; random randomness; checkpoint snapshot; frozen freeze; default standard;
        have has had; have possess; owner own; upgrade update; new latest; fresh new; previous older; history past;
        journal log; journal diary; date appointment; intend plan; aim goal target; suggestion idea; suggest recommend;
        recommend recommendation; think opinion; think thought; think believe; glad happy; sad unhappy; cross angry;
        scared afraid; afraid fear; phobia fear; phobia scared; scared frightened; tired sleepy; exhausted tired; luck
        lucky; pride proud; amusing funny; joke funny; beautiful pretty; nice lovely; hello hi; hello hey; bye goodbye;
        kindly please; apologise sorry apologize; yes yeah; yes yep; okay ok; close shut; minimize minimise; maximize
        maximise; maximise fullscreen; unfold expand; collapse fold; arrange sort; split divide; merge combine;
        attribute property; rule regulation; law rule; contract agreement; sign signature; signed signature; id
        identification; extra spare; extra additional; hide stash; stashed hidden; place put; located where; parked
        where; hung hang; lost missing; lend lent loan; lend borrow; empty blank; flower bloom; blossom flower; watered
        watering water; sow sown; grow grew grown; veg vegetable; cut mow; mown mow; forecast weather; organise
        organize; organizer organiser; responsible charge; found establish established founded; found founder founded;
        chair chairman chairperson; captain skipper; leader head; nationality citizen; native mothertongue; meet
        rendezvous; venue place location; canteen cafeteria; canteen lunchroom; janitor caretaker; safety security;
        secret hidden; evacuate evacuation; firstaid aid; slogan motto; logo emblem; date time when; quieter lower
        decrease reduce; home house; dr doctor; breakfast morning; recipe make ingredients; teach train; last surname;
        bird parrot; digit number; digits number; combination number; login password; digit digits; digits figures;
        number registration; licence plate; id number; matriculation student; extension number; dial extension; cycle
        ride; hive hives; beehive hive; colony hive; colonies hive; mechanic repair; fix mechanic; mend repair; race
        regatta; boat ship; boat yacht; dock moor; moor tie; lie moor; berth moor; jetty pier; dock jetty; harbor
        harbour; harbour port; jacket vest; lifejacket vest; commute ride; commute work; get travel; get go; come get;
        bring take; bring carry; brings delivers; bring deliver; deliver supply; supplier supply; deliver supplier;
        provide supply; provider supply; come deliver; pool swim; swim swimming; pool swimming; gym workout; exercise
        gym; exercise train; practise train; practice train; practice rehearse; practise rehearse; choir sing; sing
        singer; solo soloist; concert perform; perform sing; perform play; piece song; music piece; music song; program
        programme; piece programme; conduct lead; conduct conductor; rise wake; up wake; rise up; alarm wake; bed sleep;
        duty shift; station ward; unit ward; patient sick; caregiver nurse; drug pill; medication pill; evening night;
        swallow take; allergic react; doctor prescribe; flat house; flat room; hall room; auditorium hall; hall lecture;
        class lecture; course lecture; class course; statistics stats; paper thesis; deadline hand; hand submit;
        deadline submit; due hand; due submit; submit turn; supervise supervisor; advise supervise; adviser supervise;
        advisor supervise; adviser supervisor; mentor supervisor; prof professor; pupil school; cost expensive;
        expensive price; pay spend; cost spend; cost paid; pay rent; flat rent; rent room; cost rent; euro euros; euro
        money; buy buyer; buy customer; seller vendor; sell vendor; borrow owe; bill pay; borrow took; borrow
        take; like want; wish wishlist; like prefer; favourite love; like preference; prefer preference; favourite
        happiest; dish food; dish meal; food meal; eat feed; eat food; feed give; breakfast feed; snack treat; flower
        plant; plant water; holiday leave; away holiday; away travel; hotel stay; book stay; fly plane; flight plane;
        flight takeoff; leave takeoff; departure leave; line tram; bus line; line train; station stop; fare ticket; hide
        put; leave put; keep put; leave park; leave lock; keep leave; find keep; be stand; key lock; key unlock; code
        opens; second spare; copy spare; ladder steps; borrow loan; knot marry; child son; child daughter; brother
        sibling; sibling sister; family relative; approve sign; allow approve; approval approve; off vacation; holiday
        off; ask request; ask call; phone ring; call telephone; call help; break breakdown; last take; done take; long
        minutes; bake oven; bread dough; secret trick; ingredient secret; secret special; good secret; ingredient
        recipe; check inspect; check inspection; check service; inspect inspection; inspection service; car engine;
        engine motor; engine oil; air pressure; inflate pump; inflate pressure; pressure pump; car plate; season winter;
        clean wash; network wifi; online wifi; modem router; release ship; launch release; page website; e-mail email;
        e-mail mail; appointment visit; appointment due; see visit; appointment see; eye optician; glasses optician;
        barber haircut; cat vet; dog vet; assistant secretary; coach teacher; lesson teach; learn teach; show teach;
        learn taught; manage manager; manager manages; earn work; earn job; office work; desk office; floor level; floor
        stairs; cupboard locker; drink take; like take; coffee espresso; cuppa tea; sugar sweet; spoon sugar; early
        morning; kilometre km; distance kilometre; distance length; ride tour; tour trip; birthday congratulate; measure
        size; feet shoe; foot shoe; boot shoe; size wear; christen name; name title; live settle; live
        settled; live residence; country land; group type; brand make; meet meeting; know meet; first met; contact
        phone; contact number; phone reach; number reach; key locked; guard look; care look; look supervise; look sit;
        babysit look; plants water; bottle glass; newspaper paper; document passport; document paper; insurance insured;
        account bank; account card; instrument play; orchestra play; club team; goal score; exercise sport; jog running;
        hike walk; dog puppy; cat kitten; dog pet; cat pet; subject topic; theme topic; about topic; about subject;
        button key; colour colours; colour theme; color theme; look theme; produce write; answer produce; generate
        write; answer generate; learn train; taught trained; plugin side; add-on plugin; show visible; close hide; panel
        window; list menu; list overview; clipboard copy; insert paste; delay latency; lag latency; delay lag; latency
        slow; less lower; more raise; bring lower; mode setting; option setting; configure setting; file path; kept
        saved; back undo; name rename; evaluate measure; measure test; evaluate good; percentage share;
        share usage; percent share; mark underline; colour underline; mark underlined; choose decide; write writer;
        speak write; say speak; pretend simulate; fake simulate; connection network; toggle turn; switch turn; enable
        on; disable off; command order; earlier previous; last previous; move scroll; go jump; jump move; earlier
        history; picture svg; record trace; play replay; inspect inspector; inspect look; again regenerate; regenerate
        retry; again retry; again repeat; help manual; instructions system; heat map; map overview
        """
}
