"""Words that tables in other languages use -> the English ones: headings, names of rows, types of layers."""

from __future__ import annotations

import re

HEADINGS = {
    "layer": "层 层级 层名 层名称 层编号 网络层 层数 節点 層 層名 レイヤー レイヤ 레이어 층 capa capas "
    "schicht couche couches camada camadas strato",
    "component": "组件 模块 部分 操作 步骤 节点 节点名称 コンポーネント 구성요소",
    "type": "层类型 类型 种类 種類 タイプ 종류 유형 tipo typ",
    "output": "输出 输出形状 输出尺寸 输出大小 输出维度 输出特征图 出力 出力形状 出力サイズ 출력 출력_크기 "
    "출력_형태 출력_shape salida tamaño_de_salida forma_de_salida dimensión_de_salida dimensiones_de_salida "
    "ausgabe ausgabegröße ausgabeform sortie taille_de_sortie forme_de_sortie dimension_de_sortie saída "
    "tamanho_da_saída formato_da_saída dimensão_de_saída",
    "input": "输入 输入形状 输入尺寸 输入大小 输入维度 入力 入力形状 入力サイズ 입력 입력_크기 입력_형태 entrada "
    "tamaño_de_entrada forma_de_entrada eingabe eingabegröße entrée taille_d'entrée taille_de_l'entrée "
    "tamanho_da_entrada",
    "params": "参数 参数量 参数数量 参数数 参数个数 总参数 总参数量 パラメータ パラメータ数 パラメーター数 "
    "파라미터 파라미터_수 매개변수 매개변수_수 parámetros número_de_parámetros parameteranzahl anzahl_parameter "
    "paramètres nombre_de_paramètres parâmetros número_de_parâmetros parametri",
    "trainable": "可训练参数 可训练参数量 训练参数 parámetros_entrenables parámetros_aprendibles "
    "trainierbare_parameter paramètres_entraînables parâmetros_treináveis",
    "non_trainable": "不可训练参数 非训练参数 parámetros_no_entrenables nicht_trainierbare_parameter "
    "parâmetros_não_treináveis",
    "weights": "权重 权重数 重み 가중치 pesos gewichte poids",
    "biases": "偏置 偏置数 バイアス 편향 sesgos bias_terme biais vieses",
    "kernel": "卷积核 卷积核大小 卷积核尺寸 核大小 核尺寸 核 滤波器大小 カーネル カーネルサイズ フィルタサイズ "
    "커널 커널_크기 필터_크기 tamaño_del_kernel tamaño_de_kernel tamaño_de_filtro tamaño_del_filtro kernelgröße "
    "filtergröße taille_du_noyau taille_de_noyau noyau tamanho_do_kernel tamanho_do_filtro",
    "stride": "步长 步幅 ストライド 스트라이드 paso zancada schrittweite pas passo",
    "layer_padding": "填充 补零 パディング 패딩 relleno auffüllung remplissage preenchimento",
    "out_channels": "输出通道 输出通道数 卷积核个数 卷积核数量 滤波器数 滤波器个数 出力チャネル 出力チャンネル "
    "フィルタ数 フィルター数 출력_채널 필터_수 filtros número_de_filtros neuronas_de_salida canales_de_salida "
    "filteranzahl anzahl_filter filtres nombre_de_filtres canais_de_saída",
    "in_channels": "输入通道 输入通道数 入力チャネル 入力チャンネル 입력_채널 neuronas_de_entrada "
    "canales_de_entrada canais_de_entrada",
    "receptive_field": "感受野 受容野 수용_영역 수용_필드 campo_receptivo rezeptives_feld champ_récepteur",
    "macs": "乘加 乘加次数 乘加数 乘加运算",
    "flops": "计算量 浮点运算量 浮点运算数 演算量 연산량",
    "memory": "内存 显存 メモリ 메모리 memoria speicher mémoire memória",
    "working": "计算 计算式 计算过程 計算 計算式 계산 계산식 cálculo rechnung berechnung calcul",
    "note": "配置 备注 说明 关键参数 备考 備考 説明 特徴 비고 특이사항 설명 notas descripción bemerkung remarque "
    "observações configuración activación 激活 激活函数 活性化関数 활성화",
}  # fmt: skip
ROWS = {
    "input": "输入 输入层 入力 入力層 입력 입력층 entrada capadeentrada eingabe eingabeschicht entrée "
    "coucheentrée",
    "output": "输出 输出层 出力 出力層 출력 출력층 salida capadesalida ausgabe ausgabeschicht sortie saída",
    "total": "总计 合计 总和 总参数 总参数量 共计 合計 総計 합계 총합 총계 gesamt summe insgesamt suma somme",
}  # fmt: skip
LAYERS = {
    "conv": "卷积 卷积层 畳み込み 畳み込み層 합성곱 합성곱층 convolución convolucional faltung faltungsschicht "
    "convolutive convolução",
    "maxpool": "池化 池化层 最大池化 最大池化层 汇聚层 プーリング プーリング層 最大値プーリング 풀링 최대풀링 "
    "agrupamiento",
    "avgpool": "平均池化 平均池化层 平均プーリング 평균풀링",
    "fc": "全连接 全连接层 全結合 全結合層 완전연결 완전연결층 densa totalmenteconectada dense vollverbunden",
    "flatten": "展平 展平层 展开 平坦化 평탄화 aplanamiento aplanar",
    "globalavgpool": "全局平均池化 全局平均池化层",
    "batchnorm": "批归一化 批量归一化 批标准化 バッチ正規化 배치정규화",
}  # fmt: skip
"""By what they mean, the words as they stand in a table; blanks are underscores, and in a row's name nothing."""

WIDE = {0xFF01 + place: 0x21 + place for place in range(94)}
"""Signs as wide as a Chinese character, and the usual ones; each is one character, so that places stay."""
OF = re.compile(r"^(?:#|n[.º°]|nº|n°|núm\.?|número|numero|nombre|anzahl|zahl)_?(?:d[eo]s?_|der_|d')?")


def _meanings(words: dict[str, str]) -> dict[str, str]:
    return {word: meaning for meaning, line in words.items() for word in line.split()}


_HEADINGS, _ROWS, _LAYERS = map(_meanings, (HEADINGS, ROWS, LAYERS))


def usual_signs(text: str) -> str:
    """The text with the usual signs for those that are as wide as a Chinese character; of the same length."""
    return text if text.isascii() else text.translate(WIDE)


def heading_in_english(name: str) -> str:
    """The English heading for one in another language, in lower case with underscores; any other as it is.

    >>> heading_in_english("输出形状"), heading_in_english("#_de_pesos"), heading_in_english("output_shape")
    ('output', 'weights', 'output_shape')
    """
    bare = name.strip("_#")
    return _HEADINGS.get(bare) or _HEADINGS.get(OF.sub("", name), name)


def row_in_english(folded: str) -> str:
    """`input`, `output` or `total` for the name of a row in another language, without blanks; else nothing."""
    return _ROWS.get(folded, "")


def layer_in_english(folded: str) -> str:
    """The type of layer that a word in another language names, without blanks; else nothing."""
    return _LAYERS.get(folded, "")
