using System.Text.RegularExpressions;
using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs.Tasks;

public class SqlTaskTests
{
    private static readonly SqlTask Task = new();

    private static readonly List<InstructionExample> Train = [.. Task.Examples(TaskSplit.Train, 1).Take(4000)];

    private static readonly InstructionExample Example = new(
        "Schema: cars(color, price)\nQuestion: List the color of all cars with price of at least 30.\nSQL:",
        " SELECT color FROM cars WHERE price >= 30;");

    [Fact]
    public void Every_kind_of_query_is_in_every_split_as_often()
    {
        var held = Task.Examples(TaskSplit.HeldOut, 1).Take(1500).ToList();
        foreach (var word in new[] { "JOIN", "GROUP BY", "HAVING", "ORDER BY", "BETWEEN", "DISTINCT", "(SELECT", "COUNT", "AVG", " OR " })
        {
            var (inTrain, inHeld) = (Share(Train, word), Share(held, word));
            Assert.True(inTrain > 0.02, $"{word} is in {inTrain:P}");
            Assert.InRange(inHeld, inTrain / 2, inTrain * 2);
        }

        static double Share(List<InstructionExample> examples, string word) =>
            examples.Count(example => example.Completion.Contains(word)) / (double)examples.Count;
    }

    [Fact]
    public void Every_query_parses_and_names_only_what_its_schema_has() => Assert.All(Train, example =>
    {
        var (schema, question) = Parts(example);
        SqlChecker.Check(schema, example.Completion.TrimStart());
        Assert.StartsWith(" SELECT ", example.Completion);
        Assert.True(question.EndsWith('.') || question.EndsWith('?'));
    });

    [Fact]
    public void Every_value_in_a_query_stands_in_its_question() => Assert.All(Train, example =>
    {
        var (_, question) = Parts(example);
        foreach (Match value in Regex.Matches(example.Completion, "'([^']*)'|\\b\\d+\\b"))
            if (!value.Value.StartsWith('\'') && example.Completion.Contains("LIMIT"))
                continue; // in words there
            else
                Assert.Contains(value.Value.Trim('\''), question);
    });

    [Fact]
    public void One_prompt_has_one_answer() => Assert.All(Train.GroupBy(example => example.Prompt), group =>
        Assert.Single(group.Select(example => example.Completion).Distinct()));

    [Fact]
    public void References_run_and_most_give_rows_that_tell_something()
    {
        var empty = 0;
        Assert.All(Train.Take(600), example =>
        {
            using var database = SqlTask.Databases(example.Prompt).First();
            var rows = database.Run(example.Completion.Trim());
            Assert.NotNull(rows);
            if (rows.Count == 0 || rows is [[null or 0.0]])
                empty++;
        });
        Assert.InRange(empty, 0, 60);
    }

    [Theory]
    [InlineData(1, 1, "select  color from cars\nWHERE price>=30 ;")]
    [InlineData(0, 1, "SELECT color FROM cars WHERE NOT price < 30")]
    [InlineData(0, 1, "SELECT cars.color FROM cars WHERE price > 29;")]
    [InlineData(0, 1, "SELECT color FROM cars WHERE price >= 30 ORDER BY price;")]
    [InlineData(0, 0, "SELECT color FROM cars WHERE price > 30;")]
    [InlineData(0, 0, "SELECT color FROM cars WHERE price <= 30;")]
    [InlineData(0, 0, "SELECT color FROM cars WHERE price >= 30 LIMIT 30;")]
    [InlineData(0, 0, "SELECT price FROM cars WHERE price >= 30;")]
    [InlineData(0, 0, "SELECT DISTINCT color FROM cars WHERE price >= 30;")]
    [InlineData(0, 0, "SELECT color, price FROM cars WHERE price >= 30;")]
    [InlineData(0, 0, "SELECT color FROM cars WHERE price >= 30; SELECT 1;")]
    [InlineData(0, 0, "SELECT colr FROM cars;")]
    [InlineData(0, 0, "DELETE FROM cars;")]
    [InlineData(0, 0, "List the color")]
    [InlineData(0, 0, "")]
    public void An_answer_is_right_by_its_text_or_by_what_it_gives(double exact, double execution, string answer) =>
        Assert.Equal([exact, execution], Task.Score(Example, answer));

    [Fact]
    public void Order_counts_where_the_reference_orders()
    {
        var example = new InstructionExample(
            "Schema: cars(color, price)\nQuestion: Show the color of the ten cars with the highest price.\nSQL:",
            " SELECT color FROM cars ORDER BY price DESC LIMIT 10;");
        Assert.Equal([0, 1], Task.Score(example, "SELECT color FROM (SELECT * FROM cars ORDER BY price DESC LIMIT 10);"));
        Assert.Equal([0, 0], Task.Score(example, "SELECT color FROM (SELECT * FROM cars ORDER BY price DESC LIMIT 10) ORDER BY color;"));
    }

    [Theory]
    [InlineData("SELECT COUNT(*) FROM cars a, cars b, cars c, cars d, cars e")]
    [InlineData("SELECT 1 FROM cars a, cars b, cars c, cars d, cars e, cars f")]
    [InlineData("SELECT printf('%5000d', 1)")]
    [InlineData("SELECT * FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n)")]
    [InlineData("PRAGMA table_info(cars)")]
    [InlineData("INSERT INTO cars VALUES ('x', 1)")]
    public void Queries_that_run_away_or_do_anything_else_give_nothing_and_the_next_one_runs(string query)
    {
        using var database = SqlTask.Databases(Example.Prompt).First();
        Assert.Null(database.Run(query));
        Assert.Equal(60.0, Assert.Single(database.Run("SELECT COUNT(*) FROM cars")!)[0]);
    }

    [Fact]
    public void Rows_follow_from_the_prompt_and_hold_what_lies_beside_its_numbers()
    {
        using var database = SqlTask.Databases(Example.Prompt).First();
        using var again = SqlTask.Databases(Example.Prompt).First();
        Assert.Equal(database.Run("SELECT * FROM cars"), again.Run("SELECT * FROM cars"));
        foreach (var number in new[] { 29, 30, 31 })
            Assert.NotEmpty(database.Run($"SELECT * FROM cars WHERE price = {number}")!);
    }

    [Theory]
    [InlineData("Schema: ships(name)\nQuestion: x\nSQL:", "has a table ships")]
    [InlineData("Schema: cars(color, wings)\nQuestion: x\nSQL:", "has a column wings")]
    [InlineData("Tell me", "lacks the lines")]
    public void A_foreign_prompt_is_refused_by_what_is_foreign(string prompt, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Task.Score(new(prompt, " SELECT 1;"), "x")).Message);

    [Theory]
    [InlineData("SELECT a FROM t WHERE b = 1")]
    [InlineData("SELECT c FROM t;")]
    [InlineData("SELECT a FROM u;")]
    [InlineData("SELECT a FROM t WHERE a > 'x';")]
    [InlineData("SELECT a FROM t WHERE b BETWEEN 5 AND 2;")]
    [InlineData("SELECT a FROM t ORDER b;")]
    [InlineData("SELECT a FROM t; x")]
    [InlineData("SELECT a? FROM t;")]
    public void Checker_refuses_what_is_wrong(string sql) => Assert.Throws<FormatException>(() => SqlChecker.Check("t(id, a, b)", sql));

    private static (string Schema, string Question) Parts(InstructionExample example)
    {
        var lines = example.Prompt.Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("Schema: ", lines[0]);
        Assert.StartsWith("Question: ", lines[1]);
        Assert.Equal("SQL:", lines[2]);
        return (lines[0]["Schema: ".Length..], lines[1]["Question: ".Length..]);
    }
}
