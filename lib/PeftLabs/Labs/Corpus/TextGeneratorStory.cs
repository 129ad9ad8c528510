namespace PeftLabs.Labs;

/// <summary>A story of two characters after one of five plots, with questions about it now and then.</summary>
internal sealed class TextGeneratorStory
{
    private readonly SplitMix64 _random;
    private readonly TextGeneratorGrammar _grammar;

    public TextGeneratorStory(SplitMix64 random)
    {
        _random = random;
        _grammar = new(random);
        var (hero, friend) = (random.Chance(50), random.Chance(50));
        (_grammar["kid"], _grammar["he"], _grammar["his"], _grammar["him"]) =
            hero ? ("girl", "she", "her", "her") : ("boy", "he", "his", "him");
        (_grammar["pal"], _grammar["them"]) = friend ? ("girl", "her") : ("boy", "him");
        _grammar["hero"] = random.Pick(TextGeneratorGrammar.Words(hero ? "girl" : "boy"));
        do
            _grammar["friend"] = random.Pick(TextGeneratorGrammar.Words(friend ? "girl" : "boy"));
        while (_grammar["friend"] == _grammar["hero"]);
        Choose(("family", "relative"), ("act", "play"), ("trait", "child"), ("tint", "color"), ("worker", "job"), ("host", "job"),
            ("ride", "vehicle"), ("stuff", "material"), ("day", "day"), ("season", "season"));
        var places = random.Sample(TextGeneratorGrammar.Words("place"), 2);
        (_grammar["home"], _grammar["where"]) = (places[0], places[1]);
    }

    public string Write()
    {
        var (text, questions) = _random.Below(5) switch
        {
            0 => Lost(),
            1 => Sharing(),
            2 => Building(),
            3 => Race(),
            _ => Trip(),
        };
        if (!_random.Chance(40))
            return text;
        var asked = _random.Sample(questions, 2)
            .Select(pair => $"Question: {_grammar.Sentences(pair.Question)}\nAnswer: {_grammar.Sentences(pair.Answer)}");
        return text + "\n\n" + string.Join("\n", asked);
    }

    private (string, (string Question, string Answer)[]) Lost()
    {
        Choose(("prize", "toy"));
        return (_grammar.Sentences("<lost>"),
        [
            ("what did <hero> lose?", "<hero> lost <tint.a> <prize>."),
            ("where was the <prize>?", "it was in the <where>."),
            ("who helped <hero>?", "<friend> helped <him>."),
            ("when did <hero> lose the <prize>?", "on <day>."),
        ]);
    }

    private (string, (string Question, string Answer)[]) Sharing()
    {
        var (given, rest) = (_random.From(2, 9), _random.From(2, 9));
        Choose(("prize", _random.Chance(50) ? "fruit" : "vegetable"));
        (_grammar["total"], _grammar["given"], _grammar["rest"]) =
            (TextGeneratorNumbers.Words(given + rest), TextGeneratorNumbers.Words(given), TextGeneratorNumbers.Words(rest));
        return (_grammar.Sentences("<sharing>"),
        [
            ("how many <prize.s> did <hero> have at first?", "<total>."),
            ("how many <prize.s> did <friend> get?", "<given>."),
            ("how many <prize.s> did <hero> keep?", "<total> minus <given> is <rest>."),
            ("who was hungry?", "<friend> was hungry."),
        ]);
    }

    private (string, (string Question, string Answer)[]) Building()
    {
        Choose(("prize", "structure"));
        return (_grammar.Sentences("<building>"),
        [
            ("what did <hero> want to have?", "<hero> wanted <prize.a>."),
            ("what did <hero> need?", "<hero> needed <stuff>."),
            ("who was the friend of <hero>?", "<friend>."),
        ]);
    }

    private (string, (string Question, string Answer)[]) Race()
    {
        Choose(("prize", "toy"));
        (_grammar["winner"], _grammar["loser"]) = _random.Chance(50)
            ? (_grammar["hero"], _grammar["friend"]) : (_grammar["friend"], _grammar["hero"]);
        return (_grammar.Sentences("<race>"),
        [
            ("who won the race?", "<winner> won the race."),
            ("who did not win?", "<loser>."),
            ("where did the race end?", "in the <where>."),
            ("what was the first prize?", "<tint.a> <prize>."),
        ]);
    }

    private (string, (string Question, string Answer)[]) Trip()
    {
        Choose(("prize", "animal"));
        _grammar["count"] = TextGeneratorNumbers.Words(_random.From(2, 20));
        return (_grammar.Sentences("<trip>"),
        [
            ("how many <prize.s> did they see?", "<count>."),
            ("how did <hero> and <friend> travel?", "by <ride>."),
            ("where did they go?", "to the <where>."),
        ]);
    }

    private void Choose(params (string Variable, string Rule)[] choices)
    {
        foreach (var (variable, rule) in choices)
            _grammar[variable] = _random.Pick(TextGeneratorGrammar.Words(rule));
    }
}
