namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly bool HasAttention = Op.Exists("scaled_dot_product_attention");

            /// <summary>softmax(Q Kᵀ / √d + mask) V over [..., tokens, d]. A Boolean mask says what may be attended to.</summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor attn_mask = null, double p = 0,
                bool is_casual = false) =>
                HasAttention
                    ? Op.Call("scaled_dot_product_attention", query, key, value, attn_mask, p, is_casual)
                    : Attend(query, key, value, attn_mask, p, is_casual);

            // libtorch 1.13 has no such operator. Its causal mask is aligned at the top left, as later ones'.
            private static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor mask, double p, bool causal)
            {
                if (causal && mask is not null)
                    throw new ArgumentException("scaled_dot_product_attention: attn_mask must be null when is_casual is true");
                using var scope = NewDisposeScope();
                var scores = query.mul(1 / Math.Sqrt(query.size(-1))).matmul(key.transpose(-2, -1));
                if (causal) mask = ones([query.size(-2), key.size(-2)], ScalarType.Bool, query.device).tril();
                if (mask is { dtype: ScalarType.Bool }) scores = scores.masked_fill(mask.logical_not(), double.NegativeInfinity);
                else if (mask is not null) scores = scores.add(mask);
                var weights = scores.softmax(-1);
                if (p > 0) weights = dropout(weights, p);
                return weights.matmul(value).MoveToOuterDisposeScope();
            }
        }
    }
}
