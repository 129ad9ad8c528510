using System.Text.Json;
using System.Text.RegularExpressions;
using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs.Tasks;

public class TicketTaskTests
{
    private static readonly TicketTask Task = new();

    private static readonly List<InstructionExample> Train = [.. Task.Examples(TaskSplit.Train, 1).Take(3000)];

    private static readonly InstructionExample Example = new(
        "Ticket: My kettle is late. It was order 310.\nJSON:",
        """ {"team": "shipping", "priority": "normal", "product": "kettle", "order": 310, "refund": false}""");

    [Fact]
    public void Every_reference_is_one_line_of_JSON_with_the_five_fields() => Assert.All(Train, example =>
    {
        var fields = TicketRecord.Fields(example.Completion);
        Assert.NotNull(fields);
        Assert.Equal(["team", "priority", "product", "order", "refund"], fields.Keys);
        Assert.DoesNotContain('\n', example.Completion);
    });

    [Fact]
    public void Product_and_order_are_copied_from_the_ticket_and_an_order_is_null_where_none_is_named() => Assert.All(Train, example =>
    {
        var fields = TicketRecord.Fields(example.Completion)!;
        Assert.Contains(fields["product"].GetString()!, example.Prompt);
        var order = fields["order"];
        Assert.Equal(order.ValueKind != JsonValueKind.Null, example.Prompt.Contains("order", StringComparison.OrdinalIgnoreCase));
        if (order.ValueKind == JsonValueKind.Number)
            Assert.Matches($"order[^.]* {order.GetInt32()}\\.", example.Prompt);
    });

    [Theory]
    [InlineData("refund", "money")]
    [InlineData("priority", "urgent")]
    public void One_word_stands_with_either_value(string field, string word) => Assert.True(Train
        .Where(example => example.Prompt.Contains(word)).GroupBy(example => TicketRecord.Fields(example.Completion)![field].ToString()).Count() > 1);

    [Fact]
    public void Some_tickets_name_a_second_product_or_number()
    {
        Assert.Contains(Train, example => TicketSentences.Products.Count(example.Prompt.Contains) == 2);
        Assert.Contains(Train, example => Regex.Count(example.Prompt, "\\d+") == 2);
    }

    [Fact]
    public void Every_value_is_common()
    {
        var records = Train.Select(example => TicketRecord.Fields(example.Completion)!).ToList();
        foreach (var (field, values) in new[] { ("team", 5), ("priority", 3), ("product", TicketSentences.Products.Length), ("refund", 2) })
        {
            var groups = records.GroupBy(record => record[field].ToString()).ToList();
            Assert.Equal(values, groups.Count);
            Assert.All(groups, group => Assert.InRange(group.Count(), 0.5 * Train.Count / values, 1.7 * Train.Count / values));
        }
        Assert.InRange(records.Count(record => record["order"].ValueKind == JsonValueKind.Null), 0.2 * Train.Count, 0.4 * Train.Count);
    }

    [Theory]
    [InlineData(1, 1, 1, """{"refund": false, "order": 310, "product": "kettle", "priority": "normal", "team": "shipping"}""")]
    [InlineData(0, 1, 0.8, """{"team": "billing", "priority": "normal", "product": "kettle", "order": 310, "refund": false}""")]
    [InlineData(0, 1, 0.8, """{"team": "shipping", "priority": "normal", "product": "kettle", "order": "310", "refund": false}""")]
    [InlineData(0, 1, 0.8, """{"team": "shipping", "priority": "normal", "product": "kettle", "order": 310}""")]
    [InlineData(0, 1, 1, """{"team": "shipping", "priority": "normal", "product": "kettle", "order": 310, "refund": false, "more": 1}""")]
    [InlineData(0, 1, 0, "{}")]
    [InlineData(0, 0, 0, """{"team": "shipping", "priority": "normal", "product": "kettle", "order": 310, "refund": false""")]
    [InlineData(0, 0, 0, """{"team": "shipping", "team": "shipping", "priority": "normal", "product": "kettle", "order": 310, "refund": false}""")]
    [InlineData(0, 0, 0, "[1]")]
    [InlineData(0, 0, 0, "The kettle is late.")]
    public void An_answer_is_scored_field_by_field(double record, double valid, double share, string answer) =>
        Assert.Equal([record, valid, share], Task.Score(Example, answer));
}
