"""Times one training step (forward, backward, clipping, AdamW) of the models of train.ts in PyTorch.

    python pytorch_step.py '{"seconds": 5, "threads": 2, "cases": [...]}'

Prints one line of JSON for each case: {"ms": median, "best": least, "busy": processor, ...}.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width = x.shape
        split = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = split.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, vocabulary, context, width, layers, heads):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.tokens.weight.T


class LstmLm(nn.Module):
    def __init__(self, vocabulary, width, layers):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.lstm = nn.LSTM(width, width, layers, batch_first=True)
        self.out = nn.Linear(width, vocabulary)

    def forward(self, ids):
        return self.out(self.lstm(self.embedding(ids))[0])


def measure(case, batch, vocabulary, seconds):
    width, layers, context = case["width"], case["layers"], case["context"]
    if case["kind"] == "gpt":
        model = Gpt(vocabulary, context, width, layers, case["heads"])
    else:
        model = LstmLm(vocabulary, width, layers)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)
    ids = (torch.arange(batch * context) * 31 % vocabulary).view(batch, context)
    targets = (ids + 31) % vocabulary

    def step():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(ids).flatten(0, 1), targets.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    for _ in range(3):
        step()
    times, began, busy = [], time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds or len(times) < 3:
        start = time.perf_counter()
        step()
        times.append(1000 * (time.perf_counter() - start))
    busy = 1000 * (time.process_time() - busy) / len(times)
    times.sort()
    parameters = sum(p.numel() for p in model.parameters())
    return {"ms": times[len(times) // 2], "best": times[0], "busy": busy, "parameters": parameters}


def main():
    settings = json.loads(sys.argv[1])
    torch.manual_seed(1)
    torch.set_num_threads(settings["threads"])
    for case in settings["cases"]:
        result = measure(case, settings["batch"], settings["vocabulary"], settings["seconds"])
        print(json.dumps({**result, "version": torch.__version__}), flush=True)


if __name__ == "__main__":
    main()
