namespace PeftLabs.Labs;

/// <summary>What customers write: the sentences by which a ticket's fields are told, and those that tell nothing.</summary>
internal static class TicketSentences
{
    public static readonly string[] Greetings = ["hello,", "good morning,", "dear support,", "hi there,"];

    public static readonly string[] Products =
    [
        .. ("lamp mirror clock bottle bicycle telescope blanket ladder puzzle drum kite doll robot wagon basket candle scarf pillow notebook "
            + "whistle").Split(' '),
    ];

    /// <summary>A team and the troubles that are for it; {0} is the product. Money can be asked back where something went wrong.</summary>
    public static readonly (string Team, bool WentWrong, string[] Troubles)[] Teams =
    [
        ("returns", true,
        [
            "the {0} is broken.", "my new {0} fell down and broke.", "a part of the {0} was missing.", "the {0} has the wrong color.",
            "there is a hole in the {0}.", "the {0} was dusty and old.",
        ]),
        ("shipping", true,
        [
            "the {0} has not come yet.", "where is my {0}?", "I have waited two weeks for the {0}.", "the {0} was sent to another house.",
            "my {0} is late.", "nobody brought the {0}.",
        ]),
        ("billing", true,
        [
            "you took the money for the {0} twice.", "the bill for the {0} is wrong.", "I paid too much for the {0}.",
            "the price of the {0} was too high.", "I had to pay two times for the {0}.", "the bill says two, but I bought one {0}.",
        ]),
        ("support", false,
        [
            "how do I clean the {0}?", "I do not know how to build the {0}.", "I need help with my {0}.", "can you repair my {0}?",
            "please tell me how to open the {0}.", "how long will the {0} last?",
        ]),
        ("sales", false,
        [
            "does the {0} come in blue?", "I would like to buy one more {0}.", "what does the {0} cost?", "do you have a larger {0}?",
            "can I get the {0} in your shop?", "is the {0} still for sale?",
        ]),
    ];

    public static readonly string[] Orders =
        ["my order is {0}.", "the order number is {0}.", "it was order {0}.", "this is about order {0}."];

    public static readonly string[] Refunds =
        ["I want my money back.", "please give me a refund.", "I would like a refund.", "please pay me back."];

    public static readonly string[] NoRefunds =
        ["please send me a new one.", "I do not want my money back.", "I would like another one.", "please call me."];

    public static readonly (string Priority, string[] Sentences)[] Priorities =
    [
        ("high", ["this is urgent.", "I need an answer today.", "please hurry.", "I cannot wait any longer."]),
        ("low", ["this is not urgent.", "there is no hurry.", "please take your time.", "it can wait until next week."]),
    ];

    /// <summary>Sentences about something else: {0} is another product, {1} another number.</summary>
    public static readonly string[] Asides =
    [
        "my old {0} is still good.", "I bought a {0} from you last year.", "my sister likes her {0}.", "the {0} that you sent is fine.",
        "my customer number is {1}.", "I am {1} years old.", "I live in house {1}.", "I like your shop very much.", "I was ill last week.",
    ];
}
