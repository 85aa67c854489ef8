const sales = {
  North: [310, 280, 335, 390, 365, 420],
  South: [180, 240, 290, 275, 330, 410],
  West: [95, 130, 120, 160, 210, 190]
}
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun']

/** A question whose answer depends on who asks: the `region` that the plugin's claims brought along. */
export const salesOfRegion = {
  name: 'Sales of your region',
  columns: ['Month', 'Sales'],
  rows: ({ attributes: { region } }) => months.map((month, index) => [month, sales[region]?.[index] ?? 0]),
  display: 'bar',
  visualizationSettings: {
    'graph.dimensions': ['Month'],
    'graph.metrics': ['Sales'],
    'graph.y_axis.title_text': 'Sales, thousands',
    'graph.show_values': true,
    series_settings: { Sales: { color: '#2b639f' } }
  }
}
