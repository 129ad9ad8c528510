using static PeftLabs.Labs.TextGeneratorInflection;

namespace PeftLabs.Labs;

/// <summary>
/// Two plain sentences and the same in a town herald's style: a call first, then the time; whom or what it befell before the doer; "did"
/// and the verb's base form for the past; old words for some plain ones; both sentences joined to one.
/// </summary>
internal sealed class HeraldWriter
{
    private const int WithTime = 80, TimeFirst = 50, IsJob = 25, IsMany = 50;

    private readonly SplitMix64 _random;
    private readonly string _doer, _pronoun;

    private HeraldWriter(SplitMix64 random)
    {
        var girl = random.Chance(50);
        (_random, _pronoun) = (random, girl ? "she" : "he");
        _doer = random.Chance(IsJob) ? $"the {random.Pick(HeraldWords.Jobs)}" : random.Pick(girl ? HeraldWords.Girls : HeraldWords.Boys);
    }

    public static (string Plain, string Styled) Draw(SplitMix64 random)
    {
        var writer = new HeraldWriter(random);
        var (first, second) = (random.Pick([writer.Go, writer.Act, writer.See]), random.Pick([writer.Own, writer.Give, writer.Feel]));
        var ((plain, styled), (plainNext, styledNext)) = (first(writer._doer), second(writer._pronoun));
        var (time, styledTime) = random.Chance(WithTime) ? writer._random.Pick(HeraldWords.Times) : ("", "");
        plain = time == "" ? plain : random.Chance(TimeFirst) ? $"{time} {plain}" : $"{plain} {time}";
        styled = styledTime == "" ? styled : $"{styledTime} {styled}";
        return ($"{Capitalized(plain)}. {Capitalized(plainNext)}.", $"{HeraldWords.Call} {Capitalized(styled)}, and {styledNext}.");
    }

    private (string Plain, string Styled) Go(string doer)
    {
        var (verb, place) = (_random.Pick(HeraldWords.Moves), _random.Pick(HeraldWords.Places));
        return ($"{doer} {Past(verb)} to the {place}", $"unto the {place} did {doer} {verb}");
    }

    private (string Plain, string Styled) Act(string doer)
    {
        var ((verb, (thing, styled)), place) = ((_random.Pick(HeraldWords.Deeds), Thing()), _random.Pick(HeraldWords.Rooms));
        return ($"{doer} {Past(verb)} {thing} in the {place}", $"{styled} did {doer} {verb} within the {place}");
    }

    private (string Plain, string Styled) See(string doer)
    {
        var (count, place) = (Many(_random.Pick(HeraldWords.Animals)), _random.Pick(HeraldWords.Places));
        return ($"{doer} saw {count} near the {place}", $"{count} did {doer} behold nigh the {place}");
    }

    private (string Plain, string Styled) Own(string doer)
    {
        var (verb, (thing, styled)) = (_random.Pick(HeraldWords.Deeds), Thing());
        return ($"{doer} {Past(verb)} {thing}", $"{styled} did {doer} {verb}");
    }

    private (string Plain, string Styled) Give(string doer)
    {
        var (thing, styled) = Thing();
        var friends = HeraldWords.Girls.Concat(HeraldWords.Boys).Where(name => name != _doer).ToList();
        var friend = _random.Pick(friends);
        return ($"{doer} gave {thing} to {friend}", $"unto {friend} did {doer} give {styled}");
    }

    private (string Plain, string Styled) Feel(string doer)
    {
        var (plain, styled) = _random.Pick(HeraldWords.Moods);
        return ($"{doer} was very {plain}", $"right {styled} was {doer}");
    }

    private (string Plain, string Styled) Thing()
    {
        var thing = _random.Pick(HeraldWords.Things);
        if (_random.Chance(IsMany))
        {
            var many = Many(thing);
            return (many, many);
        }
        var color = _random.Pick(HeraldWords.Colors);
        var (plain, styled) = _random.Chance(50) ? (color, color) : _random.Pick(HeraldWords.Looks);
        return ($"{WithArticle(plain)} {thing}", $"{WithArticle(styled)} {thing}");
    }

    private string Many(string noun)
    {
        var (count, color) = (TextGeneratorNumbers.Words(_random.From(2, 9)), _random.Chance(50) ? $" {_random.Pick(HeraldWords.Colors)}" : "");
        return $"{count}{color} {Plural(noun)}";
    }
}
