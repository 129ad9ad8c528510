using System.Text.Json;

namespace PeftLabs.Labs;

/// <summary>
/// A customer's ticket, answered by a record in one line of JSON; each of its fields follows from a sentence, or from there being none.
/// </summary>
internal sealed class TicketTask : GeneratedTask
{
    /// <inheritdoc/>
    public override string Name => "ticket-triage";

    /// <inheritdoc/>
    public override string Description => "A customer's ticket, answered by one line of JSON: team, priority, product, order, refund.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Metrics { get; } = ["record", "valid JSON", "field accuracy"];

    /// <inheritdoc/>
    public override int MaxNewTokens => 64;

    /// <inheritdoc/>
    protected override InstructionExample Draw(SplitMix64 random)
    {
        var (ticket, record) = TicketWriter.Draw(random);
        return new($"Ticket: {ticket}\nJSON:", $" {record.Json()}");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double> Score(InstructionExample example, string answer)
    {
        var right = TicketRecord.Fields(example.Completion)
            ?? throw new ArgumentException($"The reference '{example.Completion}' is no JSON object.", nameof(example));
        if (TicketRecord.Fields(answer) is not { } given)
            return [0, 0, 0];
        var same = right.Count(field => given.TryGetValue(field.Key, out var value) && JsonElement.DeepEquals(field.Value, value));
        var share = same / (double)right.Count;
        return [share == 1 && given.Count == right.Count ? 1 : 0, 1, share];
    }
}
