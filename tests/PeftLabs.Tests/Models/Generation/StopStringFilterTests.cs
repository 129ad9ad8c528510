using PeftLabs.Models.Generation;

namespace PeftLabs.Tests.Models.Generation;

public class StopStringFilterTests
{
    [Theory]
    [InlineData("one\nUser: two", "one", "\nUser:")]
    [InlineData("aab", "a", "ab")]
    [InlineData("xabcd", "xa", "abcd", "bc")]
    [InlineData("xabcd", "x", "abc", "bc")]
    [InlineData("nothing here", "nothing here", "stop", "###")]
    [InlineData("ends with ##", "ends with ##", "###")]
    [InlineData("ababac rest", "ab", "abac")]
    [InlineData("stop", "", "stop")]
    public void A_text_is_cut_before_the_stop_string_that_is_whole_first(string text, string kept, params string[] stops)
    {
        foreach (var width in Enumerable.Range(1, text.Length))
            Assert.Equal(kept, Filtered(text, width, stops));
    }

    [Fact]
    public void Only_what_may_begin_a_stop_string_is_held_back()
    {
        var filter = new StopStringFilter(["END"]);
        Assert.Equal("text", filter.Add("textE"));
        Assert.Equal("", filter.Add("N"));
        Assert.Equal("ENX", filter.Add("X"));
        Assert.Equal("", filter.Add("E"));
        Assert.Equal("E", filter.Finish());
    }

    [Fact]
    public void Nothing_comes_after_a_stop_string()
    {
        var filter = new StopStringFilter(["END"]);
        Assert.Equal("a", filter.Add("aENDb"));
        Assert.True(filter.Stopped);
        Assert.Equal("", filter.Add("c") + filter.Finish());
    }

    private static string Filtered(string text, int width, string[] stops)
    {
        var filter = new StopStringFilter(stops);
        return string.Concat(text.Chunk(width).Select(piece => filter.Add(new string(piece)))) + filter.Finish();
    }
}
