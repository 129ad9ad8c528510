namespace PeftLabs.Labs;

/// <summary>The grammar of the generated text. Rules are parted by empty lines; words by commas, sentences by bars.</summary>
internal static class TextGeneratorRules
{
    public const string Text = """
        girl: Lily, Anna, Mia, Clara, Nora, Ruby, Zoe, Emma, Ivy, Sara, Hana, Leila, Maya, Olga, Tessa, Wanda, Yuki, Amina, Greta, Pilar

        boy: Tom, Ben, Max, Leo, Sam, Finn, Omar, Jack, Paul, Ravi, Hugo, Ivan, Noah, Oscar, Peter, Theo, Emil, Karim, Dario, Kenji

        child: curious, brave, quiet, cheerful, clever, kind, shy, patient, lively, gentle, stubborn, honest, careful, dreamy, polite

        color: red, blue, green, yellow, purple, orange, white, black, brown, silver, golden, pink, gray

        size: small, big, tiny, large, long, short, round, heavy, light, wide, narrow, tall

        quality: old, new, shiny, soft, wooden, smooth, dusty, broken, pretty, warm, strange, simple, favorite, plain, lovely

        toy: kite, ball, drum, doll, puzzle, boat, whistle, robot, marble, puppet, bicycle, top, wagon, telescope, yo-yo, sled

        thing: key, lamp, basket, button, bottle, ring, map, book, candle, ribbon, hat, mirror, coin, feather, blanket, ladder, rope,
        cup, bell,
        brush, scarf, umbrella, notebook, pencil, spoon, knife, box, pillow, clock, letter

        fruit: apple, pear, plum, cherry, peach, orange, banana, berry, fig, melon, lemon, grape, apricot, kiwi

        vegetable: carrot, potato, onion, tomato, bean, cabbage, cucumber, pumpkin, radish, turnip, pea, leek

        food: bread, soup, rice, cheese, honey, porridge, pie, salad, jam, cake, toast, stew

        animal: dog, cat, rabbit, fox, duck, goose, horse, cow, sheep, goat, mouse, squirrel, turtle, frog, owl, bear, deer, otter,
        hedgehog,
        parrot, beaver, donkey, robin, wolf, snail

        place: garden, forest, market, kitchen, library, school, village, meadow, river, beach, attic, barn, station, bridge, museum,
        park,
        bakery, harbor, cellar, tower, orchard, field, yard, workshop, square, mill, lake, castle

        vehicle: train, bus, bicycle, boat, cart, wagon, tram, ferry, balloon

        job: baker, farmer, teacher, doctor, sailor, painter, carpenter, gardener, driver, tailor, cook, fisherman, singer, librarian,
        mayor,
        shepherd, miller, postman

        relative: mother, father, grandmother, grandfather, uncle, aunt, cousin, neighbor

        weather: sunny, rainy, cloudy, windy, snowy, foggy, stormy, cold, warm, hot

        gust: strong, cold, sudden, wild, bitter

        season: spring, summer, autumn, winter

        time: morning, afternoon, evening, night

        day: Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday

        sad: sad, worried, lonely, upset, disappointed, sorry, tired, unhappy

        glad: happy, proud, glad, delighted, grateful, excited, cheerful, pleased

        loudly: loudly, softly, quickly, slowly, carefully, happily, gently, quietly, bravely, politely, calmly, eagerly

        move: walk, run, hurry, skip, march, climb, wander, jog, ride, sneak

        play: play, sing, dance, draw, paint, read, write, cook, swim, climb trees, dig, build towers, fish, jump, hop, juggle,
        whistle, knit,
        garden, tell stories

        look: look for, search for, hunt for, ask about

        search: look, search, hunt

        smile: smile, laugh, cheer, clap, giggle, nod, grin, dance

        cry: cry, sigh, frown, sob, shiver, groan

        make: build, make, paint, repair, design, finish

        structure: tree house, bridge, tower, raft, fence, birdhouse, shed, snowman, sandcastle, tent, swing, bench, wall, shelf, windmill

        material: wood, stone, straw, rope, clay, paper, cloth, sand, snow, glass, brick, cardboard, leather, wool

        big: enormous, huge, giant, little, tiny, sleepy, friendly, hungry, noisy, fluffy, spotted, gray, brown, white, quick, wild

        moral: share, be patient, tell the truth, ask for help, try again, be kind, listen first, help a friend, stay calm, keep a promise

        city: Paris, London, Rome, Berlin, Madrid, Vienna, Oslo, Lisbon, Athens, Dublin, Prague, Cairo, Tokyo, Lima, Nairobi, Sydney,
        Boston,
        Delhi

        opening: | once upon a time, there was <trait.a> <kid> named <hero>. <he> lived near <home.a> with <his> <family>.
        | one <weather> <time>, a <kid> named <hero> was <act.ing> in the <home>. <he> was <trait.a> <kid>.
        | <hero> was <trait.a> <kid> who loved to <act>. every <time>, <he> went to the <home> with <his> <family>.
        | in <season>, <hero> often visited the <home>. <he> was <trait.a> <kid>, and <he> liked to <act>.
        | there once lived <worker.a> near the <home>. the <worker> had a helper named <hero>, <trait.a> <kid> who liked to <act>.

        meet: | <his> best friend was <friend>, a <pal> who also liked to <play>.
        | <hero> had a friend named <friend>. <friend> was <child.a> <pal>.
        | that day, <friend> came to visit. <friend> was <child.a> <pal>, and <hero> liked <them> very much.
        | next door lived <friend>, <child.a> <pal>. <hero> and <friend> were good friends.

        walked: | <hero> <move.ed> to the <place>
        | <hero> and <friend> <move.ed> to the <place>
        | after lunch, <hero> <move.ed> <loudly> to the <place>

        lost: | <opening> <meet> <hero> had <tint.a> <prize>. it was <quality> and <size>, and <he> took it everywhere.
        <losing> <searching> <found> <close>

        losing: | one <day>, <hero> lost the <prize> in the <where>. "where is my <prize>?" asked <hero>. <he> was very <sad>.
        | on <day>, <he> went to the <where> and came home without the <prize>. "oh no, I forgot my <prize>!" said <hero>. <he> <cry.ed>.
        | but on a <weather> <day>, the wind blew and the <prize> fell somewhere in the <where>. <hero> did not see it. <he> felt <sad>.

        searching: | <walked> and <search.ed> under <thing.a>. the <prize> was not there. then <friend> said, "did you have it in the
        <where>?"
        | <hero> asked <his> <family>, but nobody had seen the <prize>. "let us go to the <where>," said <friend>. "I will help you."
        | <walked>, but there was only <color.a> <thing>. "do not be <sad>," said <friend> <loudly>. "we will look in the <where>."

        found: | they <move.ed> to the <where> together. there, behind <big.a> <animal>, was the <prize>! <hero> <smile.ed> and hugged
        <friend>.
        | in the <where>, <friend> looked behind <size.a> <thing> and found the <prize>. "here it is!" said <friend>. <hero> was <glad>.
        | <big.a> <animal> was sitting in the <where>. next to it lay the <prize>. "thank you, <friend>," said <hero>. they both
        <smile.ed>.

        sharing: | <opening> <meet> on <day>, <hero> found <total> <prize.s> in the <where>. "I have <total> <prize.s>!" said <hero>.
        <friend> had nothing to eat and was <sad>. <giving> <close>
        | <opening> <hero> bought <total> <prize.s> at the market. <meet> <friend> was hungry. <giving> <close>

        giving: | so <hero> gave <friend> <given> of the <prize.s>. now <hero> had <rest> left, and <friend> <smile.ed>.
        | "you can have <given>," said <hero>. <he> gave <friend> <given> <prize.s> and kept <rest>. <friend> was <glad>.
        | <hero> thought about it. then <he> <loudly> put <given> of the <prize.s> into <size.a> <thing> for <friend>. <rest> were left
        for <hero>.

        building: | <opening> <meet> one <weather> <day>, <hero> wanted to <make> <prize.a>. <he> needed <stuff> and <size.a> <thing>.
        <trouble> <helping> <close>

        trouble: | <hero> worked all <time>, but the <stuff> was too heavy. "I cannot do it alone," <he> said. <he> felt <sad>.
        | then a <gust> wind came, and everything fell down. <hero> <cry.ed>. "all my work is gone," <he> said.
        | <big.a> <animal> ran through the <home> and broke it. <hero> was <sad>, but <he> did not give up.

        helping: | <friend> saw it and came with <stuff> and <thing.a>. together they worked until the <time>. at last it stood, and it
        was <color> and <size>.
        | "I will hold it while you work," said <friend>. soon they were done. the <worker> stopped and said, "that is fine work."
        | <his> <family> brought more <stuff>, and <friend> brought <food>. they ate, they worked, and by <time> it was finished.

        race: | <opening> <meet> on <day>, there was a race from the <home> to the <where>. <hero> ran <loudly>, and so did <friend>.
        <racing> the first prize was <color.a> <prize>. <winner> won the race and got the <prize>. <generous> <close>

        racing: | near the <place>, <loser> slipped and fell. <winner> reached the <where> first.
        | <loser> stopped to look at <big.a> <animal>. <winner> did not stop and came to the <where> first.
        | they ran side by side past the <place>, but <winner> was a little faster than <loser>.

        generous: | "well done, <winner>!" said <loser>. <winner> let <loser> play with the <prize> too.
        | <loser> was <sad> at first. then <winner> said, "we can share the <prize>," and <loser> <smile.ed>.
        | <loser> shook hands with <winner>. "next time I will win," <loser> said, and they both laughed.

        trip: | <opening> <meet> one <day> in <season>, <hero> and <friend> took <ride.a> to the <where>. <seeing> <coming> <close>

        seeing: | on the way they saw <count> <prize.s> and <big.a> <animal>. "look, there are <count> <prize.s>!" said <friend>.
        | when they came to the <where>, <count> <prize.s> were standing in a row. <hero> counted them twice.
        | near the <where> lived <host.a> with <count> <prize.s>. the <host> gave them <food> and told them a story.

        coming: | before the night, the <ride> brought them home. <hero> told <his> <family> about the <count> <prize.s>.
        | they stayed until <time>. then they went home, and <hero> drew the <count> <prize.s> in <his> notebook.
        | at night <hero> dreamed of the <where> and of the <count> <prize.s>.

        close: | from that day on, <hero> and <friend> often went to the <home> together.
        | <hero> learned that it is good to <moral>.
        | "today I learned to <moral>," said <hero>. <friend> nodded.
        | and <hero> never forgot that <day>.
        | that night, <hero> slept well and dreamed of <food> and <fruit.s>.
        | after that, they went home and ate <food> with <his> <family>. everyone was <glad>.

        department: sales, billing, support, shipping, design, research, marketing, service, returns, security

        status: open, closed, paid, shipped, pending, active, canceled, late

        priority: low, normal, high, urgent

        category: kitchen, garden, office, sports, music, travel, school, garage

        product: kettle, lamp, router, printer, phone, camera, keyboard, monitor, heater, fridge, toaster, radio, tablet, drill, mixer,
        speaker, charger, scanner, freezer, blender

        maker: Arden, Bolt, Corvo, Delta, Ember, Falcon, Granit, Helix, Iris, Juno, Kobalt, Lumen

        subject: music, history, math, biology, art, physics, geography, chemistry, sports

        country: France, Spain, Italy, Norway, Peru, Kenya, Japan, Brazil, Canada, India, Egypt, Chile

        genre: travel, poetry, crime, history, science, comedy, drama, romance

        team: Eagles, Lions, Bears, Sharks, Wolves, Hawks, Tigers, Bulls

        position: keeper, forward, defender, captain, winger

        fuel: diesel, petrol, electric, gas, hybrid

        greeting: | hello, | dear support, | good morning, | hi there, | to the <team> team:

        wish: | please send me a new one. | I want my money back. | please call me on <back>. | can you help me? | please answer soon.
        | I would like to cancel the order.

        bye: | thank you, | best regards, | kind regards, | yours, | many thanks,

        damage: | the <item> from order <order> came on <bought>, and it is broken. | my new <item> does not turn on. the order number is <order>.
        | I bought <tint.a> <item> on <bought>. the box was open and a part was missing. my order is <order>.

        delay: | I ordered <item.a> on <bought>, and it has not come to <town> yet. the order number is <order>.
        | where is my order <order>? the <item> was to arrive on <bought>. | I have waited <count> days for the <tint> <item>, order <order>.

        bill: | I paid <money> coins for order <order>, but the invoice says something else. | you took <money> coins twice for one <item>.
        my order number is <order>. | the price of the <item> was too high on my bill for order <order>.

        account: | I forgot my password and cannot log in. my customer number is <order>. | my account <order> is locked since <bought>.
        | please change the address of account <order> to <town>.

        question: | does the <item> come in <tint>? I need <count> of them. | how many days does it take to send <item.a> to <town>?
        | can I return the <item> after <count> days?

        damage-answer: | we are sorry that the <item> is broken. a new <item> for order <order> will be with you on <back>.
        | please send the <item> back to us. you will get another one on <back>.

        delay-answer: | your <item> is on its way and will arrive on <back>. | order <order> left our house on <bought>. it will be there
        on <back>.

        bill-answer: | you are right. we will pay <money> coins back for order <order>. | the invoice for order <order> was wrong. a new one comes
        on <back>.

        account-answer: | your account <order> is open again. | you will get a new password for number <order> on <back>.

        question-answer: | yes, that can be done. the <item> will cost <money> coins. | it takes <count> days. we have the <item> in
        <town> too.

        end: | thank you for your patience. | please write again if you need help. | we hope that this helps. | have a nice day.
        """;
}
