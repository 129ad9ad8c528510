using System.Globalization;

namespace PeftLabs.Labs;

/// <summary>Writes a customer's ticket of two to six sentences, in any order, and the record that follows from them.</summary>
internal static class TicketWriter
{
    private const int Greeted = 50, WithOrder = 70, AsksMoney = 60, DoesNotAsk = 50, Prioritized = 65, WithAside = 45;

    public static (string Ticket, TicketRecord Record) Draw(SplitMix64 random)
    {
        var (team, wentWrong, troubles) = random.Pick(TicketSentences.Teams);
        var products = random.Sample(TicketSentences.Products, 2);
        List<string> sentences = [Filled(random.Pick(troubles), products[0])];
        var (priority, order) = (Priority(random, sentences), Order(random, sentences));
        var record = new TicketRecord(team, priority, products[0], order, wentWrong && Refund(random, sentences));
        if (random.Chance(WithAside))
            sentences.Add(Filled(random.Pick(TicketSentences.Asides), products[1], Number(random)));
        var text = string.Join(' ', random.Sample(sentences, sentences.Count).Select(TextGeneratorInflection.Capitalized));
        return (random.Chance(Greeted) ? $"{TextGeneratorInflection.Capitalized(random.Pick(TicketSentences.Greetings))} {text}" : text, record);
    }

    private static string Priority(SplitMix64 random, List<string> sentences)
    {
        if (!random.Chance(Prioritized))
            return "normal";
        var (priority, wordings) = random.Pick(TicketSentences.Priorities);
        sentences.Add(random.Pick(wordings));
        return priority;
    }

    private static int? Order(SplitMix64 random, List<string> sentences)
    {
        if (!random.Chance(WithOrder))
            return null;
        var order = Number(random);
        sentences.Add(Filled(random.Pick(TicketSentences.Orders), order));
        return order;
    }

    private static bool Refund(SplitMix64 random, List<string> sentences)
    {
        var asks = random.Chance(AsksMoney);
        if (asks || random.Chance(DoesNotAsk))
            sentences.Add(random.Pick(asks ? TicketSentences.Refunds : TicketSentences.NoRefunds));
        return asks;
    }

    private static int Number(SplitMix64 random) => random.From(10, 99);

    private static string Filled(string sentence, params object[] values) => string.Format(CultureInfo.InvariantCulture, sentence, values);
}
