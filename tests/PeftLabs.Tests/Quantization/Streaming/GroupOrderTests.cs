using PeftLabs.Quantization.Streaming;

namespace PeftLabs.Tests.Quantization.Streaming;

public class GroupOrderTests
{
    [Fact]
    public void Training_steps_are_foreseen_from_the_first_on()
    {
        var order = new GroupOrder(4);
        Assert.Equal(0, Surprises(order, [0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0]));
    }

    [Fact]
    public void Generation_is_foreseen_once_it_has_gone_round()
    {
        var order = new GroupOrder(4);
        Assert.Equal(1, Surprises(order, [0, 1, 2, 3, 0]));
        Assert.Equal(0, Surprises(order, [1, 2, 3, 0, 1, 2, 3, 0]));
    }

    [Fact]
    public void Segments_that_are_computed_again_are_foreseen_the_second_time()
    {
        // Two segments of two: forward, then the second one again and back, then the first one.
        int[] step = [0, 1, 2, 3, 2, 3, 2, 1, 0, 1, 0];
        var order = new GroupOrder(4);
        Surprises(order, step);
        Surprises(order, [1, 2, 3, 2, 3, 2, 1, 0, 1, 0]);
        var later = Surprises(order, [1, 2, 3, 2, 3, 2, 1, 0, 1, 0]);
        Assert.InRange(later, 0, 4); // 3 after (2, 3) goes both ways in one step; two groups before are not always enough
    }

    [Fact]
    public void A_single_group_expects_no_other()
    {
        var order = new GroupOrder(1);
        order.Enter(0);
        Assert.Null(order.Next());
    }

    [Fact]
    public void Only_neighbours_are_expected_after_a_jump()
    {
        var order = new GroupOrder(6);
        Surprises(order, [0, 1, 4, 0, 1]);
        Assert.Equal(2, order.Next());
    }

    private static int Surprises(GroupOrder order, int[] groups)
    {
        var surprises = 0;
        foreach (var (place, group) in groups.Index())
        {
            if (place > 0 && order.Next() != group)
                surprises++;
            order.Enter(group);
        }
        return surprises;
    }
}
