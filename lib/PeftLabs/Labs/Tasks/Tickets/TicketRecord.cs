using System.Globalization;
using System.Text.Json;

namespace PeftLabs.Labs;

/// <summary>What is to be told from a ticket.</summary>
/// <param name="Team">Whom it is for.</param>
/// <param name="Priority">low, normal, or high.</param>
/// <param name="Product">The product that it is about.</param>
/// <param name="Order">The order's number; null where the ticket names none.</param>
/// <param name="Refund">Whether the customer asks for the money.</param>
internal sealed record TicketRecord(string Team, string Priority, string Product, int? Order, bool Refund)
{
    /// <summary>The record in a line.</summary>
    public string Json()
    {
        var (order, refund) = (Order?.ToString(CultureInfo.InvariantCulture) ?? "null", Refund ? "true" : "false");
        return $$"""{"team": "{{Team}}", "priority": "{{Priority}}", "product": "{{Product}}", "order": {{order}}, "refund": {{refund}}}""";
    }

    /// <summary>The fields of a text that is one JSON object, each key once; null of any other text.</summary>
    public static IReadOnlyDictionary<string, JsonElement>? Fields(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return json.RootElement.ValueKind != JsonValueKind.Object ? null
                : json.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.Clone());
        }
        catch (JsonException)
        {
            return null; // what a metric asks for: this is no JSON
        }
    }
}
